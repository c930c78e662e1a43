var app = WebApplication.Create(args);
app.MapStaticAssets();
app.MapGet("/api/greeting", () => Shared.Greeting.Text);
app.MapFallbackToFile("index.html");
app.Run();

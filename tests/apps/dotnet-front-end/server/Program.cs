var app = WebApplication.Create(args);
app.UseStaticFiles();
app.MapGet("/api/guests", () => new[] { "Ada", "Grace" });
app.MapFallbackToFile("index.html");
app.Run();

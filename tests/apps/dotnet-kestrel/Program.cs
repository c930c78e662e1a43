var app = WebApplication.Create(args);
app.MapGet("/", () => "fixed in appsettings.json");
app.Run();

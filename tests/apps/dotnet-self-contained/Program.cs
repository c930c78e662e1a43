var app = WebApplication.Create(args);
app.MapGet("/where", () => typeof(object).Assembly.Location);
app.Run();

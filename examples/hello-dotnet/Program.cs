var app = WebApplication.CreateBuilder(args).Build();

app.MapGet("/", () => new { hello = "world", dotnet = Environment.Version.ToString() });

app.Run();

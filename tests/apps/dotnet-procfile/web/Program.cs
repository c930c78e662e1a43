var builder = WebApplication.CreateBuilder(args);
var app = builder.Build();
app.MapGet("/", () => $"for {builder.Configuration["name"]}, from {Environment.CurrentDirectory}");
app.Run();

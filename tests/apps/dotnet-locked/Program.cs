var app = WebApplication.Create(args);
app.MapGet("/", () => $"{typeof(Newtonsoft.Json.JsonConvert).Assembly.GetName().Version}");
app.Run();

var app = WebApplication.Create(args);
app.MapGet("/", () => $"net{Environment.Version.Major}.{Environment.Version.Minor}");
app.Run();

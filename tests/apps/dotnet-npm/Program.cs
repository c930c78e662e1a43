var app = WebApplication.Create(args);
app.UseDefaultFiles();
app.UseStaticFiles();
app.Run();

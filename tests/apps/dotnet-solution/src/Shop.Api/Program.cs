using Acme;
using Serilog;
using Shop.Core;

Log.Logger = new LoggerConfiguration().WriteTo.Console().CreateLogger();

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSerilog();

var app = builder.Build();
app.UseSerilogRequestLogging();
app.MapGet("/", () => Banner.Text);
app.MapGet("/prices", () => Results.Text(Prices.Json(), "application/json"));
app.Run();

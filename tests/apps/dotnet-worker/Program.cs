using Pulse;
using Serilog;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddSerilog(options => options.WriteTo.Console());
builder.Services.AddHostedService<Beat>();
builder.Build().Run();

using Pulse;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddHostedService<Beat>();
builder.Build().Run();

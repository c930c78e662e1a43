var builder = WebApplication.CreateSlimBuilder(args);
var app = builder.Build();
app.Run(context => context.Response.WriteAsync("trimmed"));
app.Run();

var host = Host.CreateDefaultBuilder(args).ConfigureWebHostDefaults(web =>
{
    web.UseUrls("http://localhost:4000");
    web.Configure(app => app.Run(context => context.Response.WriteAsync("two orders")));
});
host.Build().Run();

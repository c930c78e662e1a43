using System.Net;
using System.Text;

namespace Pulse;

public class Beat(ILogger<Beat> logger) : BackgroundService
{
    private int beats;

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        using var listener = new HttpListener();
        listener.Prefixes.Add($"http://*:{Environment.GetEnvironmentVariable("PORT")}/");
        listener.Start();
        logger.LogInformation("beating");
        using var _ = stopping.Register(listener.Stop);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var context = await listener.GetContextAsync();
                var text = Encoding.UTF8.GetBytes($"beat {++beats}, {Environment.GetEnvironmentVariable("DOTNET_BUNDLE_EXTRACT_BASE_DIR")}");
                await context.Response.OutputStream.WriteAsync(text, stopping);
                context.Response.Close();
            }
            catch (HttpListenerException)
            {
                return;
            }
        }
    }
}

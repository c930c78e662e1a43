namespace Acme;

public static class Banner
{
    public static string Text =>
        $"{typeof(Banner).Assembly.GetName().Name} {typeof(Banner).Assembly.GetName().Version?.ToString(3)}";
}

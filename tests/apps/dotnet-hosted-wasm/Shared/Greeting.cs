namespace Shared;

public static class Greeting
{
    public const string Text = "Hello from both sides";
}

namespace Firesteel;

/// <summary>Whether operations on this thread are recorded. A thread-static flag, because every operation reads it; it follows <c>await</c>.</summary>
internal static class GradMode
{
    [ThreadStatic]
    private static bool t_disabled;

    /// <summary>Carries the flag to the thread on which an async method goes on.</summary>
    private static readonly AsyncLocal<bool> s_flow = new(static change => t_disabled = change.CurrentValue);

    public static bool Enabled => !t_disabled;

    /// <summary>Sets the flag for this thread and what it awaits.</summary>
    public static void Set(bool enabled)
    {
        if (s_flow.Value != !enabled) s_flow.Value = !enabled;
        t_disabled = !enabled;
    }

    /// <summary>Sets the flag for code that neither awaits nor starts tasks, and returns what it was.</summary>
    public static bool Exchange(bool enabled)
    {
        bool before = !t_disabled;
        t_disabled = !enabled;
        return before;
    }
}

/// <summary>Puts the grad mode of this thread back when disposed.</summary>
public readonly struct GradModeScope : IDisposable
{
    private readonly bool _before;

    internal GradModeScope(bool enabled)
    {
        _before = GradMode.Enabled;
        GradMode.Set(enabled);
    }

    /// <summary>Restores the mode that was in force.</summary>
    public void Dispose() => GradMode.Set(_before);
}

namespace Firesteel;

/// <summary>The modules whose Forward is running on this thread, outermost first: for messages.</summary>
internal static class ModuleScope
{
    /// <summary>" (in layers.0, Linear(512, 10))" inside a module, else empty.</summary>
    public static string Describe() => "";
}

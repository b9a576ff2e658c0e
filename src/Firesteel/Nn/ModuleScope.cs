using Firesteel.Nn;

namespace Firesteel;

/// <summary>The modules whose Forward is running on this thread, outermost first: for messages, and so that hooks run once a call.</summary>
internal static class ModuleScope
{
    private struct Frame
    {
        public Module? Module;

        /// <summary>Pushed by <see cref="Module.Call"/>; the Forward that it calls has not opened its own scope yet.</summary>
        public bool Expected;
    }

    [ThreadStatic]
    private static Frame[]? t_frames;

    [ThreadStatic]
    private static int t_depth;

    public static int Depth => t_depth;

    /// <summary>Notes that the forward of a module starts; <see cref="Leave"/> with the depth before ends it.</summary>
    public static void Push(Module module, bool expected)
    {
        if (Recorder.Any) Recorder.NoteModule(module);
        var frames = t_frames ??= new Frame[16];
        if (t_depth == frames.Length)
        {
            Array.Resize(ref frames, frames.Length * 2);
            t_frames = frames;
        }
        frames[t_depth++] = new Frame { Module = module, Expected = expected };
    }

    /// <summary>True once after a <see cref="Push"/> that expects the module to announce itself.</summary>
    public static bool Claim(Module module)
    {
        if (t_depth == 0) return false;
        ref var top = ref t_frames![t_depth - 1];
        if (!top.Expected || !ReferenceEquals(top.Module, module)) return false;
        top.Expected = false;
        return true;
    }

    public static void Leave(int depth)
    {
        while (t_depth > depth) t_frames![--t_depth] = default;
    }

    /// <summary>" (in layers.0, Linear(512, 10))" inside a module, else empty.</summary>
    public static string Describe()
    {
        if (t_depth == 0 || t_frames![t_depth - 1].Module is not { } module) return "";
        string path = module.Path;
        return path.Length == 0 ? $" (in {module.Brief()})" : $" (in {path}, {module.Brief()})";
    }
}

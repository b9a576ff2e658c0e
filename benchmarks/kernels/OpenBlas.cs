using System.Runtime.InteropServices;
using Firesteel.Compare;

namespace Firesteel.KernelBenchmarks;

/// <summary>The library OpenBLAS, loaded by name.</summary>
internal sealed unsafe partial class OpenBlas
{
    private const int RowMajor = 101, NoTranspose = 111, Transpose = 112;

    private readonly delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void> _sgemm;
    private readonly delegate* unmanaged<int, void> _setThreads;

    private OpenBlas(nint library)
    {
        _sgemm = (delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void>)NativeLibrary.GetExport(library, "cblas_sgemm");
        _setThreads = (delegate* unmanaged<int, void>)NativeLibrary.GetExport(library, "openblas_set_num_threads");
        Description = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "openblas_get_config"))()) ?? "";
    }

    public string Description { get; }

    /// <summary>Loads the library from a path, or by the names that systems give it.</summary>
    /// <exception cref="RunException">There is none.</exception>
    public static OpenBlas Load(string? path)
    {
        // Debian's build takes unknown processors for old ones; it looks at the environment of the process, of which .NET has only a copy.
        if (!OperatingSystem.IsWindows() && RuntimeInformation.ProcessArchitecture == Architecture.X64)
            _ = setenv("OPENBLAS_CORETYPE", System.Runtime.Intrinsics.X86.Avx512F.IsSupported ? "SkylakeX" : "Haswell", 0);
        foreach (string name in path is null ? (string[])["libopenblas.so.0", "libopenblas", "openblas"] : [path])
            if (NativeLibrary.TryLoad(name, out nint library)) return new OpenBlas(library);
        throw new RunException(path is null
            ? "OpenBLAS is not installed (Debian: apt install libopenblas0-pthread); name it with --openblas PATH"
            : $"{path} cannot be loaded");
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);

    public void SetThreads(int count) => _setThreads(count);

    /// <summary>c[m, n] = a b, with a and b stored transposed if so said; all row-major without gaps.</summary>
    public void Multiply(bool transposeA, bool transposeB, int m, int n, int k, float* a, float* b, float* c) =>
        _sgemm(RowMajor, transposeA ? Transpose : NoTranspose, transposeB ? Transpose : NoTranspose, m, n, k, 1, a, transposeA ? m : k, b, transposeB ? k : n, 0, c, n);
}

using System.Runtime.InteropServices;

namespace Firesteel.KernelBenchmarks;

/// <summary>Matrix products against OpenBLAS.</summary>
internal static unsafe class GemmCases
{
    public static IEnumerable<KernelCase> All()
    {
        foreach (int size in (int[])[64, 128, 256, 512, 1024, 2048])
            foreach (string form in (string[])["NN", "NT", "TN"]) yield return Of("gemm squares", form, size, size, size);
        // A layer of [in, out] on a batch: forward NT, gradient of the input NN, gradient of the weight TN.
        foreach (var (batch, input, output) in ((int, int, int)[])[(64, 784, 128), (64, 3136, 128), (128, 100, 200), (256, 512, 512), (64, 128, 10)])
            foreach (var product in Layer("gemm linear", batch, input, output)) yield return product;
        foreach (var (tokens, input, output) in ((int, int, int)[])[(512, 384, 384), (512, 384, 1536), (512, 1536, 384), (256, 768, 2304), (256, 384, 4096)])
            foreach (var product in Layer("gemm transformer", tokens, input, output)) yield return product;
        // The products of the workloads lstm, gpt_nano and gpt_mini.
        foreach (var (tokens, input, output) in ((int, int, int)[])[(2048, 64, 512), (2048, 128, 512), (2048, 128, 65), (768, 128, 384), (768, 128, 128), (768, 128, 512), (768, 512, 128), (768, 128, 65), (1024, 384, 1152), (1024, 384, 384), (1024, 384, 1536), (1024, 1536, 384), (1024, 384, 65)])
            foreach (var product in Layer("gemm workloads", tokens, input, output)) yield return product;
        foreach (var (batch, m, n, k) in ((int, int, int, int)[])[(48, 64, 64, 64), (24, 256, 256, 64), (24, 256, 64, 256), (512, 16, 16, 32)])
            foreach (string form in (string[])["NN", "NT", "TN"]) yield return Of("gemm batched", form, m, n, k, batch);
        foreach (var (m, n, k) in ((int, int, int)[])[(8, 8, 8), (16, 16, 16), (32, 32, 32), (5, 7, 11), (64, 10, 128), (4, 512, 512)])
            foreach (string form in (string[])["NN", "NT", "TN"]) yield return Of("gemm tiny", form, m, n, k);
        foreach (var (n, k) in ((int, int)[])[(1024, 1024), (4096, 512), (512, 4096)])
            foreach (string form in (string[])["NN", "NT"]) yield return Of("gemv", form, 1, n, k);
    }

    private static IEnumerable<KernelCase> Layer(string group, int batch, int input, int output) =>
        [Of(group, "NT", batch, output, input), Of(group, "NN", batch, input, output), Of(group, "TN", output, input, batch)];

    private static KernelCase Of(string group, string form, int m, int n, int k, int batch = 1)
    {
        bool transposeA = form[0] == 'T', transposeB = form[1] == 'T';
        string name = $"{form} {(batch > 1 ? $"{batch} x " : "")}{m}x{n}x{k}";
        return new KernelCase(group, name, Ours, new LibraryCase(Theirs), 2.0 * batch * m * n * k, 4.0 * batch * ((double)m * k + (double)k * n + (double)m * n));

        Action Ours()
        {
            var a = transposeA ? Tensor.Randn(batch, k, m).Transpose(1, 2) : Tensor.Randn(batch, m, k);
            var b = transposeB ? Tensor.Randn(batch, n, k).Transpose(1, 2) : Tensor.Randn(batch, k, n);
            var c = Tensor.Zeros(batch, m, n);
            return () => Device.Cpu.Run(new KernelCall(MatMulKernel.Instance, [c.Layout], [a.Layout, b.Layout]));
        }

        Action Theirs(OpenBlas library)
        {
            float* a = Filled((long)batch * m * k), b = Filled((long)batch * k * n), c = Filled((long)batch * m * n);
            return () =>
            {
                for (long i = 0; i < batch; i++) library.Multiply(transposeA, transposeB, m, n, k, a + i * m * k, b + i * k * n, c + i * m * n);
            };
        }
    }

    /// <summary>Memory for the time of the program: a case is prepared once.</summary>
    private static float* Filled(long count)
    {
        var values = (float*)NativeMemory.AlignedAlloc((nuint)count * sizeof(float), 64);
        var random = new Random(1);
        for (long i = 0; i < count; i++) values[i] = random.NextSingle() - 0.5f;
        return values;
    }
}

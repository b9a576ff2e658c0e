using Firesteel.Nn;
using F = Firesteel.Nn.Functional;

namespace Firesteel.KernelBenchmarks;

/// <summary>Elementwise operations, reductions and layers against PyTorch, through the public operations.</summary>
internal static class LayerCases
{
    public static IEnumerable<KernelCase> All()
    {
        // In the first cache, in the second, beyond all.
        foreach (long n in (long[])[1024, 65536, 16 << 20])
        {
            foreach (var (name, reads, ours, peer) in Elementwise())
                yield return Of("elementwise", $"{name} {n}", $"x = torch.rand({n}) + 0.1; y = torch.rand({n}) + 0.1", peer, () =>
                {
                    Tensor x = Tensor.Rand(n) + 0.1, y = Tensor.Rand(n) + 0.1;
                    return () => ours(x, y);
                }, 4.0 * n * (reads + 1));
        }
        foreach (var (rows, columns) in ((long, long)[])[(1, 65536), (1, 16 << 20), (4096, 4096), (65536, 64)])
        {
            foreach (var (name, ours, peer) in Reductions())
                yield return Of("reduction", $"{name} {rows}x{columns}", $"x = torch.randn({rows}, {columns})", peer, () =>
                {
                    var x = Tensor.Randn(rows, columns);
                    return () => ours(x);
                }, 4.0 * rows * columns);
        }
        foreach (var (rows, columns) in ((long, long)[])[(64, 10), (1536, 256), (4096, 1024), (256, 50257)])
        {
            yield return Of("softmax", $"softmax {rows}x{columns}", $"x = torch.randn({rows}, {columns})", "torch.softmax(x, 1)", () =>
            {
                var x = Tensor.Randn(rows, columns);
                return () => x.Softmax(1);
            }, 8.0 * rows * columns);
            yield return Of("softmax", $"cross entropy {rows}x{columns}", $"x = torch.randn({rows}, {columns}); y = torch.randint(0, {columns}, ({rows},))", "F.cross_entropy(x, y)", () =>
            {
                Tensor x = Tensor.Randn(rows, columns), y = Tensor.Randint(0, columns, [rows]);
                return () => F.CrossEntropy(x, y);
            }, 4.0 * rows * columns);
        }
        foreach (var (rows, columns) in ((long, long)[])[(64, 128), (512, 384), (8192, 768)])
            yield return Of("norm", $"layer norm {rows}x{columns}", $"x = torch.randn({rows}, {columns}); w = torch.randn({columns}); b = torch.randn({columns})", $"F.layer_norm(x, ({columns},), w, b)", () =>
            {
                Tensor x = Tensor.Randn(rows, columns), w = Tensor.Randn(columns), b = Tensor.Randn(columns);
                return () => F.LayerNorm(x, [columns], w, b);
            }, 8.0 * rows * columns);
        foreach (var (batch, channels, size) in ((long, long, long)[])[(16, 64, 32), (16, 512, 4), (8, 64, 112)])
        {
            foreach (bool training in (bool[])[true, false])
                yield return Of("norm", $"batch norm {batch}x{channels}x{size}x{size}{(training ? ", training" : "")}",
                    $"x = torch.randn({batch}, {channels}, {size}, {size}); w = torch.randn({channels}); b = torch.randn({channels}); m = torch.zeros({channels}); v = torch.ones({channels})",
                    $"F.batch_norm(x, m, v, w, b, {(training ? "True" : "False")})", () =>
                    {
                        Tensor x = Tensor.Randn(batch, channels, size, size), w = Tensor.Randn(channels), b = Tensor.Randn(channels), m = Tensor.Zeros(channels), v = Tensor.Ones(channels);
                        return () => F.BatchNorm(x, m, v, w, b, training);
                    }, 8.0 * batch * channels * size * size);
        }
        foreach (var (heads, length, width) in ((long, long, long)[])[(48, 64, 64), (24, 256, 64), (8, 1024, 64)])
        {
            foreach (bool causal in (bool[])[false, true])
                yield return Of("attention", $"{heads} heads, {length}x{width}{(causal ? ", causal" : "")}",
                    $"q = torch.randn({heads}, {length}, {width}); k = torch.randn({heads}, {length}, {width}); v = torch.randn({heads}, {length}, {width}); m = torch.full(({length}, {length}), float('-inf')).triu(1)",
                    $"torch.softmax(torch.baddbmm({(causal ? "m" : "torch.zeros(1, 1, 1)")}, q, k.transpose(1, 2), alpha={width} ** -0.5), 2) @ v", () =>
                    {
                        Tensor q = Tensor.Randn(heads, length, width), k = Tensor.Randn(heads, length, width), v = Tensor.Randn(heads, length, width);
                        return () => F.ScaledDotProductAttention(q, k, v, isCausal: causal);
                    }, 16.0 * heads * length * width, 4.0 * heads * length * length * width);
        }
        foreach (var (words, width, count) in ((long, long, long)[])[(65, 384, 4096), (50257, 768, 1024)])
            yield return Of("embedding", $"{count} of {words}x{width}", $"w = torch.randn({words}, {width}); i = torch.randint(0, {words}, ({count},))", "F.embedding(i, w)", () =>
            {
                Tensor w = Tensor.Randn(words, width), i = Tensor.Randint(0, words, [count]);
                return () => F.Embedding(i, w);
            }, 8.0 * count * width);
    }

    private static IEnumerable<(string Name, int Reads, Func<Tensor, Tensor, Tensor> Ours, string Peer)> Elementwise() =>
    [
        ("add", 2, static (x, y) => x + y, "x + y"),
        ("multiply by number", 1, static (x, _) => x * 3, "x * 3"),
        ("divide", 2, static (x, y) => x / y, "x / y"),
        ("relu", 1, static (x, _) => x.Relu(), "torch.relu(x)"),
        ("sqrt", 1, static (x, _) => x.Sqrt(), "torch.sqrt(x)"),
        ("exp", 1, static (x, _) => x.Exp(), "torch.exp(x)"),
        ("log", 1, static (x, _) => x.Log(), "torch.log(x)"),
        ("tanh", 1, static (x, _) => x.Tanh(), "torch.tanh(x)"),
        ("sigmoid", 1, static (x, _) => x.Sigmoid(), "torch.sigmoid(x)"),
        ("erf", 1, static (x, _) => x.Erf(), "torch.erf(x)"),
        ("sin", 1, static (x, _) => x.Sin(), "torch.sin(x)"),
        ("pow", 2, static (x, y) => x.Pow(y), "torch.pow(x, y)"),
        ("gelu", 1, static (x, _) => F.Gelu(x), "F.gelu(x)"),
    ];

    private static IEnumerable<(string Name, Func<Tensor, Tensor> Ours, string Peer)> Reductions() =>
    [
        ("sum", static x => x.Sum(), "x.sum()"),
        ("sum of rows", static x => x.Sum(1), "x.sum(1)"),
        ("sum of columns", static x => x.Sum(0), "x.sum(0)"),
        ("max", static x => x.Max(), "x.max()"),
        ("argmax of rows", static x => x.Argmax(1), "x.argmax(1)"),
        ("variance of rows", static x => x.Var(1), "x.var(1)"),
    ];

    private static KernelCase Of(string group, string name, string setup, string expression, Func<Func<Tensor>> prepare, double bytes, double flops = 0) =>
        new(group, name, () => Releasing(prepare()), new PyTorchCase(setup, expression), flops, bytes);

    /// <summary>The result's memory goes back at once, as in PyTorch.</summary>
    private static Action Releasing(Func<Tensor> work) => () => work().Layout.Storage!.Release();
}

using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Devices.Cpu.Fused;

public class AttentionTests
{
    [Fact]
    public void RandomShapes()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        Rng.ManualSeed(seed);
        for (int trial = 0; trial < 24; trial++)
        {
            long l = random.Next(1, trial % 4 == 0 ? 150 : 20), s = random.Next(1, trial % 5 == 0 ? 600 : 20), e = random.Next(1, 40), v = random.Next(1, 40);
            long[] leading = random.Next(4) switch { 0 => [], 1 => [random.Next(1, 4)], _ => [random.Next(1, 4), random.Next(1, 4)] };
            Tensor[] inputs = [Draw(l, e), Draw(s, e), Draw(s, v)];
            bool causal = random.Next(2) == 0;
            string what = $"{string.Join(" ", inputs.Select(static x => x.Shape))} (seed {seed})";
            FusedCheck.SameAsInDouble(t => F.ScaledDotProductAttention(t[0], t[1], t[2], isCausal: causal), inputs, 4e-5, $"causal {causal} {what}");
            FusedCheck.SameAsInDouble(t => F.ScaledDotProductAttention(t[0], t[1], t[2], t[3], scale: 0.3), [.. inputs, Tensor.Randn(random.Next(2) == 0 ? [l, s] : [1, s])], 4e-5, $"added mask {what}");
            var allowed = Tensor.Rand([.. leading, l, s]).Lt(0.7);
            allowed.Select(-1, 0).FillInPlace(true);
            if (leading.Length > 0) FusedCheck.SameAsInDouble(t => F.ScaledDotProductAttention(t[0], t[1], t[2], t[3]), [.. inputs, allowed], 4e-5, $"mask {what}");

            Tensor Draw(long rows, long width)
            {
                // Some with heads in a row, as a projection that was cut up.
                if (leading.Length == 2 && trial % 2 == 0) return Tensor.Randn(leading[0], rows, leading[1], width).Transpose(1, 2).RequiresGradInPlace();
                return Tensor.Randn([.. leading, rows, width]).RequiresGradInPlace();
            }
        }
    }

    [Fact]
    public void OneTensorInAllPlaces()
    {
        var x = Tensor.Randn(2, 3, 17, 8).RequiresGradInPlace();
        FusedCheck.SameAsInDouble(static t => F.ScaledDotProductAttention(t[0], t[0], t[0], isCausal: true), [x], 4e-5);
    }

    [Fact]
    public void SameBitsAtAnyNumberOfThreads()
    {
        int before = Threads.Count;
        try
        {
            foreach (long heads in (long[])[1, 24])
            {
                Tensor q = Tensor.Randn(1, heads, 300, 32).RequiresGradInPlace(), k = Tensor.Randn(1, heads, 300, 32).RequiresGradInPlace(), v = Tensor.Randn(1, heads, 300, 32).RequiresGradInPlace();
                var g = Tensor.Randn(1, heads, 300, 32);
                float[][] expected = [];
                foreach (int count in (int[])[1, 2, 5])
                {
                    Threads.Count = count;
                    q.Grad = k.Grad = v.Grad = null;
                    var y = F.ScaledDotProductAttention(q, k, v, isCausal: true);
                    y.Backward(g);
                    float[][] results = [.. new[] { y, q.Grad!, k.Grad!, v.Grad! }.Select(static t => t.Detach().ToArray<float>())];
                    if (expected.Length == 0) expected = results;
                    for (int i = 0; i < 4; i++) Assert.Equal(expected[i], results[i]);
                }
            }
        }
        finally
        {
            Threads.Count = before;
        }
    }

    // torch.nn.functional.scaled_dot_product_attention: a row that may attend to nothing is NaN, and others are not touched by it.
    [Fact]
    public void RowsWithoutKeysAndInfiniteMasks()
    {
        Tensor q = Tensor.Randn(1, 1, 2, 4), k = Tensor.Randn(1, 1, 600, 4), v = Tensor.Randn(1, 1, 600, 4);
        var mask = Tensor.Zeros(2, 600);
        mask[0] = double.NegativeInfinity;
        mask[1, ..300] = double.NegativeInfinity; // a whole block of keys
        float[] y = F.ScaledDotProductAttention(q, k, v, mask).ToArray<float>();
        Assert.All(y[..4], static x => Assert.True(float.IsNaN(x)));
        float[] expected = F.ScaledDotProductAttention(q[.., .., 1..], k[.., .., 300..], v[.., .., 300..]).ToArray<float>();
        for (int i = 0; i < 4; i++) Assert.Equal(expected[i], y[4 + i], 1e-6f);
    }
}

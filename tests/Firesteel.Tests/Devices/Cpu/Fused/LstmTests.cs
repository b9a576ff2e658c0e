using Firesteel.Nn;

namespace Firesteel.Tests.Devices.Cpu.Fused;

public class LstmTests
{
    [Fact]
    public void RandomShapes()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        Rng.ManualSeed(seed);
        for (int trial = 0; trial < 12; trial++)
        {
            long steps = random.Next(1, 7), batch = random.Next(1, trial % 3 == 0 ? 50 : 6), input = random.Next(1, 6), hidden = random.Next(1, trial % 4 == 0 ? 70 : 20);
            Tensor[] inputs =
            [
                Tensor.Randn(steps, batch, input), Tensor.Randn(batch, hidden), Tensor.Randn(batch, hidden), Tensor.Randn(4 * hidden, input), Tensor.Randn(4 * hidden, hidden) * 0.3, Tensor.Randn(4 * hidden), Tensor.Randn(4 * hidden),
            ];
            inputs = Array.ConvertAll(inputs, static x => x.Detach().RequiresGradInPlace());
            string what = $"{steps} steps of {batch} x {hidden} (seed {seed})";
            FusedCheck.SameAsInDouble(static t => Everything(t, 1), inputs, 1e-5, what);
            FusedCheck.SameAsInDouble(static t => Everything(t, 2), inputs, 1e-5, what + " both ways");
            FusedCheck.SameAsInDouble(static t => Run(t, 1).States[0].Cell!, inputs, 1e-5, what + " cell alone");
            FusedCheck.SameAsInDouble(static t => Run(t, 1).Output, inputs, 1e-5, what + " output alone");
        }
    }

    private static (Tensor Output, RecurrentState[] States) Run(Tensor[] t, int directions)
    {
        var state = new RecurrentState(t[1], t[2]);
        var weights = new RecurrentWeights(t[3], t[4], t[5], t[6]);
        return LstmRecurrence.Instance.Run(t[0], null, directions == 2 ? [state, state] : [state], directions == 2 ? [weights, weights] : [weights], directions, 0);
    }

    private static Tensor Everything(Tensor[] t, int directions)
    {
        var (output, states) = Run(t, directions);
        return Tensor.Cat([output.Flatten(), .. states.Select(static s => s.Hidden.Flatten()), .. states.Select(static s => s.Cell!.Flatten())]);
    }

    [Fact]
    public void SameBitsAtAnyNumberOfThreads()
    {
        int before = Threads.Count;
        try
        {
            Rng.ManualSeed(3);
            var model = new LSTM(20, 33, 2);
            var x = Tensor.Randn(5, 60, 20).RequiresGradInPlace();
            var g = Tensor.Randn(5, 60, 33);
            float[][] expected = [];
            foreach (int count in (int[])[1, 2, 5])
            {
                Threads.Count = count;
                x.Grad = null;
                model.ZeroGrad();
                var y = model.Forward(x).Output;
                y.Backward(g);
                float[][] results = [y.Detach().ToArray<float>(), x.Grad!.ToArray<float>(), .. model.Parameters().Select(static p => p.Grad!.ToArray<float>())];
                if (expected.Length == 0) expected = results;
                for (int i = 0; i < results.Length; i++) Assert.Equal(expected[i], results[i]);
            }
        }
        finally
        {
            Threads.Count = before;
        }
    }

    [Fact]
    public void OutputsMayBeOverwrittenOnlyWhereNobodyReadsThem()
    {
        var model = new LSTM(2, 3);
        var (output, (_, c)) = model.Forward(Tensor.Randn(4, 2, 2));
        c.ZeroInPlace(); // stacked: memory of its own
        output.Sum().Backward(retainGraph: true);
        using (global::Firesteel.Autograd.NoGrad()) output.ZeroInPlace();
        Assert.Contains("inplace", Assert.Throws<InvalidOperationException>(() => output.Sum().Backward()).Message, StringComparison.Ordinal);
    }
}

using Firesteel.Nn;
using Firesteel.Optim;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Devices;

/// <summary>Several threads of the program use the library at once. Alone, because threads and their time are those of the whole process.</summary>
[Collection(nameof(MemoryTests))]
public class UserThreadsTests
{
    private sealed class Net : Module
    {
        private readonly Conv2d _conv = new(3, 16, 3, padding: 1);
        private readonly BatchNorm2d _norm = new(16);
        private readonly Linear _in = new(16 * 12, 64);
        private readonly GRU _gru = new(64, 40, batchFirst: true, bidirectional: true);
        private readonly MultiheadAttention _attention = new(80, 4, batchFirst: true);
        private readonly LayerNorm _last = new(80);
        private readonly Linear _head = new(80, 10);

        /// <summary>[n, 3, 12, 12] -> [n, 10].</summary>
        public override Tensor Forward(Tensor input)
        {
            var x = _norm.Forward(_conv.Forward(input)).Relu();                                      // [n, 16, 12, 12]
            x = _in.Forward(x.Transpose(1, 2).Flatten(2)).Tanh();                                    // [n, 12, 64]
            x = _gru.Forward(x).Output;                                                              // [n, 12, 80]
            x = _last.Forward(x + _attention.Forward(x, x, x).Output);
            return _head.Forward(F.Gelu(x).Mean(1));
        }
    }

    private static T[] OnThreads<T>(int count, Func<int, T> work)
    {
        var results = new T[count];
        Exception? failure = null;
        using var together = new Barrier(count);
        var threads = Enumerable.Range(0, count).Select(i => new Thread(() =>
        {
            try
            {
                together.SignalAndWait();
                results[i] = work(i);
            }
            catch (Exception e)
            {
                failure = e;
            }
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) Assert.True(thread.Join(TimeSpan.FromMinutes(2)), "a thread did not end");
        Assert.Null(failure);
        return results;
    }

    private static void WithThreads(int count, Action action)
    {
        int before = Threads.Count;
        Threads.Count = count;
        try
        {
            action();
        }
        finally
        {
            Threads.Count = before;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void SixteenThreadsOnOneModelGiveTheBitsOfOne(int threads) => WithThreads(threads, () =>
    {
        Rng.ManualSeed(11);
        var model = new Net().Eval();
        Tensor[] inputs = [.. Enumerable.Range(0, 4).Select(static i => Tensor.Randn(1 + 5 * i, 3, 12, 12))];
        float[][] expected;
        using (global::Firesteel.Autograd.NoGrad()) expected = [.. inputs.Select(x => model.Forward(x).ToArray<float>())];
        OnThreads(16, i =>
        {
            using (global::Firesteel.Autograd.NoGrad())
            {
                for (int round = 0; round < 6; round++)
                {
                    int which = (i + round) % inputs.Length;
                    Assert.Equal(expected[which], model.Forward(inputs[which]).ToArray<float>());
                }
            }
            return 0;
        });
    });

    [Fact]
    public void GradientsOfOneModelAreTheSameWhicheverThreadAsks() => WithThreads(2, () =>
    {
        Rng.ManualSeed(12);
        var model = new Net();
        var parameters = model.Parameters().ToArray();
        var x = Tensor.Randn(3, 3, 12, 12);
        // Running statistics are moved by every forward; gradients do not depend on them.
        float[][] Gradients() => [.. global::Firesteel.Autograd.Grad([model.Forward(x).Square().Sum()], parameters).Select(static g => g!.ToArray<float>())];
        var expected = Gradients();
        foreach (var found in OnThreads(8, _ => Gradients()))
            for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], found[i]);
    });

    [Fact]
    public void ThreadsThatTrainTheirOwnModelsDoAsIfAlone() => WithThreads(2, () =>
    {
        Rng.ManualSeed(13);
        var start = new Sequential(new Linear(20, 300), new ReLU(), new Linear(300, 5));
        var state = start.StateDict();
        Tensor x = Tensor.Randn(500, 20), y = Tensor.Randint(0, 5, [500]);
        double[] Train(int _)
        {
            var model = new Sequential(new Linear(20, 300), new ReLU(), new Linear(300, 5));
            model.LoadStateDict(state);
            var optimizer = new Adam(model.Parameters(), lr: 0.01);
            var losses = new double[20];
            for (int step = 0; step < losses.Length; step++)
            {
                optimizer.ZeroGrad();
                var loss = F.CrossEntropy(model.Forward(x), y);
                loss.Backward();
                optimizer.Step();
                losses[step] = loss.Item();
            }
            return losses;
        }

        double[] alone = Train(0);
        foreach (double[] losses in OnThreads(6, Train)) Assert.Equal(alone, losses);
    });

    [Fact]
    public void ThreadsWithoutWorkSleep()
    {
        if (!OperatingSystem.IsLinux()) return; // the time of a thread is read from /proc
        WithThreads(4, static () =>
        {
            for (int i = 0; i < 50; i++) (Tensor.Ones(1000, 1000) * 2.0).Sum().Item();
            Thread.Sleep(300);
            var before = TicksOfWorkers();
            Assert.True(before.Count >= 3, $"{before.Count} threads were started");
            Thread.Sleep(700);
            var after = TicksOfWorkers();
            foreach (var (thread, ticks) in before) Assert.InRange(after[thread] - ticks, 0, 2); // of 10 ms
        });

        // The user and system time of the pool's threads, which are fields 14 and 15 of a line that begins "tid (name) ".
        static Dictionary<string, long> TicksOfWorkers() => Directory.GetDirectories("/proc/self/task")
            .Where(static task => File.ReadAllText(task + "/comm").StartsWith("Firesteel ", StringComparison.Ordinal))
            .ToDictionary(static task => task, static task =>
            {
                string[] fields = File.ReadAllText(task + "/stat").Split(") ")[^1].Split(' ');
                return long.Parse(fields[11]) + long.Parse(fields[12]);
            });
    }
}

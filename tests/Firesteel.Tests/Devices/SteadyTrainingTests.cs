using Firesteel.Nn;
using Firesteel.Optim;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Devices;

/// <summary>A training loop that has found its blocks takes no more memory from the system. Counts for the whole process, so nothing runs beside it.</summary>
[Collection(nameof(MemoryTests))]
public class SteadyTrainingTests
{
    private const long PageSize = 4096;

    [Fact]
    public void TouchesNoNewMemory()
    {
        Rng.ManualSeed(0);
        // Large tensors and little arithmetic, so that it is quick without vectors too.
        const int Batch = 16384, Width = 16, Steps = 20;
        var model = new Sequential(new Linear(Width, Width), new GELU(), new LayerNorm(Width), new Dropout(0.1), new Linear(Width, Width), new ReLU(), new Linear(Width, 10));
        var optimizer = new AdamW(model.Parameters(), lr: 1e-3);
        Tensor x = Tensor.Randn(Batch, Width), y = Tensor.Randint(0, 10, [Batch]);
        void Train(int steps)
        {
            for (int i = 0; i < steps; i++)
            {
                optimizer.ZeroGrad();
                F.CrossEntropy(model.Forward(x), y).Backward();
                optimizer.Step();
            }
        }

        // What a step touches anew without a pool: its activations and their gradients.
        const long Temporaries = 2 * Batch * sizeof(float) * (6L * Width + 10);
        Train(Steps);
        long blocks = long.MaxValue, faults = long.MaxValue, collections = long.MaxValue;
        // Machine code of kernels that run often may still be on its way in the first span.
        for (int span = 0; span < 3; span++)
        {
            var before = Memory.Stats;
            long faultsBefore = PageFaults();
            Train(Steps);
            faults = Math.Min(faults, PageFaults() - faultsBefore);
            blocks = Math.Min(blocks, Memory.Stats.LiveBytes + Memory.Stats.PooledBytes - before.LiveBytes - before.PooledBytes);
            collections = Math.Min(collections, Memory.Stats.Collections - before.Collections);
        }
        Assert.True(blocks <= 0, $"{blocks} bytes more from the system in {Steps} steps");
        Assert.True(faults * PageSize < Temporaries, $"{faults} page faults in {Steps} steps; the temporaries of one step have {Temporaries / PageSize} pages");
        // One for every 32 MB of garbage is the budget.
        Assert.True(collections <= Steps * Temporaries / (32 << 20), $"{collections} collections asked for in {Steps} steps");
    }

    /// <summary>Pages that the process touched for the first time; 0 where that is not known.</summary>
    private static long PageFaults()
    {
        if (!OperatingSystem.IsLinux()) return 0;
        string stat = File.ReadAllText("/proc/self/stat");
        return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[7], System.Globalization.CultureInfo.InvariantCulture);
    }
}

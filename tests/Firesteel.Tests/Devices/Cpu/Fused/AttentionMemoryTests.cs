using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Devices.Cpu.Fused;

/// <summary>Counts the bytes of the whole process, so nothing runs beside it.</summary>
[Collection(nameof(MemoryTests))]
public class AttentionMemoryTests
{
    [Fact]
    public void MemoryGrowsWithTheLengthOnly()
    {
        Tensor q = Tensor.Randn(1, 1, 6000, 8).RequiresGradInPlace();
        MemoryTests.FreeEverything();
        Memory.ResetPeakMemoryStats();
        long before = Memory.Stats.PeakBytes;
        F.ScaledDotProductAttention(q, q, q).Sum().Backward();
        // Scores alone would be 144 MB.
        Assert.True(Memory.Stats.PeakBytes - before < 64 << 20, $"{Memory.Stats.PeakBytes - before} bytes");
    }
}

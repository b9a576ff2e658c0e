using System.Runtime.CompilerServices;

namespace Firesteel.Tests.Devices;

/// <summary>These count the bytes of the whole process, so nothing runs beside them.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public class MemoryTestsAlone;

[Collection(nameof(MemoryTests))]
public unsafe class MemoryTests
{
    private const long MB = 1 << 20;

    [Fact]
    public void TemporariesThatNobodyDisposesDoNotPileUp()
    {
        FreeEverything();
        Memory.ResetPeakMemoryStats();
        long start = Memory.Stats.LiveBytes;
        for (int step = 0; step < 300; step++)
        {
            for (int i = 0; i < 200; i++) Allocate(4 * MB);
        }
        var stats = Memory.Stats;
        Assert.True(stats.PeakBytes - start < 600 * MB, $"{stats}, {start} at the start"); // 240 GB went through
        Assert.True(stats.PooledBytes < 600 * MB, $"{stats}");
        Assert.True(stats.Collections > 0);
    }

    [Fact]
    public void GradientsThatAreGivenUpDoNotOutliveTheNextForward()
    {
        FreeEverything();
        // Gradients of 64 MB, old enough for the last generation when they are given up: the temporaries of a step make 8 collections.
        var weights = Enumerable.Range(0, 4).Select(static _ => Tensor.Zeros(4 << 20)).ToArray();
        foreach (var weight in weights) weight.RequiresGradInPlace();
        long start = Memory.Stats.LiveBytes;
        for (int step = 0; step < 3; step++)
        {
            foreach (var weight in weights) weight.Sum().Backward();
            for (int i = 0; i < 64; i++) Allocate(4 * MB);
            foreach (var weight in weights) weight.Grad = null;
            for (int i = 0; i < 32; i++) Allocate(4 * MB);
        }
        GC.KeepAlive(weights);
        // Garbage of one budget, and no gradients.
        Assert.True(Memory.Stats.LiveBytes - start < 48 * MB, $"{Memory.Stats}, {start} at the start");
    }

    [Fact]
    public void WhatIsHeldStaysAndGarbageIsBoundedByIt()
    {
        FreeEverything();
        Memory.ResetPeakMemoryStats();
        long start = Memory.Stats.LiveBytes;
        var held = new Storage[256];
        for (int i = 0; i < held.Length; i++)
        {
            held[i] = Device.Cpu.Allocate(2 * MB);
            held[i].FirstByte = (byte)i;
        }
        for (int i = 0; i < 20_000; i++) Allocate(2 * MB);
        for (int i = 0; i < held.Length; i++) Assert.Equal((byte)i, held[i].FirstByte);
        var stats = Memory.Stats;
        Assert.True(stats.LiveBytes - start >= 512 * MB, $"{stats}, {start} at the start");
        Assert.True(stats.PeakBytes - start < 1600 * MB, $"{stats}, {start} at the start");
        foreach (var storage in held) storage.Release();
    }

    [Fact]
    public void ReleaseReturnsAtOnceAndOnlyOnce()
    {
        FreeEverything();
        var before = Memory.Stats;
        var storage = Device.Cpu.Allocate(64 * MB);
        Assert.Equal(before.LiveBytes + 64 * MB, Memory.Stats.LiveBytes);
        storage.Release();
        storage.Release();
        Assert.Equal(before.LiveBytes, Memory.Stats.LiveBytes);
        Assert.Throws<ObjectDisposedException>(() => storage.FirstByte = 1);
        // The block is used again, once.
        Storage first = Device.Cpu.Allocate(64 * MB), second = Device.Cpu.Allocate(64 * MB);
        Assert.False(Unsafe.AreSame(ref first.FirstByte, ref second.FirstByte));
        first.Release();
        second.Release();
    }

    [Fact]
    public void EmptyCacheGivesBackWhatRests()
    {
        FreeEverything();
        Device.Cpu.Allocate(100 * MB).Release();
        Device.Cpu.Allocate(8192).Release();
        Assert.True(Memory.Stats.PooledBytes >= 100 * MB);
        Memory.EmptyCache();
        Assert.True(Memory.Stats.PooledBytes < 10 * MB, $"{Memory.Stats}"); // caches of other threads may remain
    }

    [Fact]
    public void ThePoolIsBoundedWhenSizesChange()
    {
        FreeEverything();
        for (long size = 1 * MB; size < 100 * MB; size += MB / 2) Device.Cpu.Allocate(size).Release();
        Assert.True(Memory.Stats.PooledBytes < 600 * MB, $"{Memory.Stats}"); // 5 GB in about 50 sizes went through
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(5000)]
    [InlineData(1 << 20)]
    [InlineData((1 << 20) + 1)]
    [InlineData(12345678)]
    public void AllBytesCanBeWritten(long count)
    {
        var storage = Device.Cpu.Allocate(count);
        Assert.Equal(count, storage.ByteCount);
        Assert.Equal(count < 4096, storage.ManagedArray is not null);
        fixed (byte* p = &storage.FirstByte)
        {
            if (count >= 4096) Assert.Equal(0, (nint)p % 64);
            new Span<byte>(p, (int)count).Fill(0xAB);
            for (long i = 0; i < count; i++) if (p[i] != 0xAB) Assert.Fail($"byte {i}");
        }
        GC.KeepAlive(storage);
    }

    [Fact]
    public void ClassesHoldTheirSizesAndWasteAtMostAnEighth()
    {
        var random = new Random(17);
        for (int i = 0; i < 100_000; i++)
        {
            long bytes = i < 20_000 ? 4096 + i : (long)Math.Pow(2, 12 + random.NextDouble() * 34);
            int sizeClass = CpuBlockPool.ClassOf(bytes);
            long size = CpuBlockPool.BytesOf(sizeClass);
            Assert.True(size >= bytes && size <= bytes * 9 / 8 + 1 && size % 64 == 0, $"{bytes} in {size}");
            Assert.True(sizeClass == 0 || CpuBlockPool.BytesOf(sizeClass - 1) < bytes, $"{bytes}: class {sizeClass} is not the smallest");
        }
        Assert.Equal(CpuBlockPool.MaxBytes, CpuBlockPool.BytesOf(CpuBlockPool.ClassOf(CpuBlockPool.MaxBytes)));
    }

    [Fact]
    public void ImpossibleSizesAreRefusedWithTheNumbers()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Device.Cpu.Allocate(-1));
        foreach (long bytes in (long[])[1L << 47, long.MaxValue])
        {
            var error = Assert.Throws<OutOfMemoryException>(() => Device.Cpu.Allocate(bytes));
            Assert.Contains($"tried to allocate {bytes} bytes", error.Message);
        }
        Allocate(4096); // and it goes on
    }

    [Fact]
    public void ManyThreadsAtOnceNeverShareABlock()
    {
        FreeEverything();
        long start = Memory.Stats.LiveBytes;
        int errors = 0;
        var threads = Enumerable.Range(0, 4).Select(t => new Thread(() =>
        {
            var random = new Random(t);
            var held = new Storage?[40];
            for (int i = 0; i < 20_000; i++)
            {
                int slot = random.Next(held.Length);
                if (held[slot] is { } old)
                {
                    if (old.FirstByte != (byte)(t * 40 + slot)) Interlocked.Increment(ref errors);
                    if (random.Next(2) == 0) old.Release();
                }
                held[slot] = Device.Cpu.Allocate(random.Next(4096, 300_000));
                held[slot]!.FirstByte = (byte)(t * 40 + slot);
            }
            foreach (var storage in held) storage?.Release();
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Assert.Equal(0, errors);
        FreeEverything();
        Assert.True(Memory.Stats.LiveBytes <= start, $"{Memory.Stats}, {start} at the start");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Allocate(long bytes) => Device.Cpu.Allocate(bytes).FirstByte = 1;

    internal static void FreeEverything()
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Memory.EmptyCache();
    }
}

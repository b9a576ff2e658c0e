using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Firesteel.KernelBenchmarks;

/// <summary>Measures in microseconds: the wall, or the processor time of the calling thread, which others on the machine disturb less.</summary>
internal sealed partial class Clock(bool processorTime)
{
    private const int ThreadProcessorTime = 3; // CLOCK_THREAD_CPUTIME_ID of Linux

    public bool ProcessorTime => processorTime;

    public unsafe double Now
    {
        get
        {
            if (!processorTime) return Stopwatch.GetTimestamp() * 1e6 / Stopwatch.Frequency;
            long* time = stackalloc long[2];
            _ = clock_gettime(ThreadProcessorTime, time);
            return time[0] * 1e6 + time[1] / 1e3;
        }
    }

    [LibraryImport("libc")]
    private static unsafe partial int clock_gettime(int clock, long* time);

    /// <summary>Does the work for about so many seconds, in samples of at least 20 us; the shortest and the median sample, for one time each.</summary>
    public (double Minimum, double Median) Measure(Action work, double seconds)
    {
        work();
        double began = Now;
        work();
        int inner = (int)Math.Clamp(20 / Math.Max(Now - began, 0.01), 1, 10_000);
        var samples = new List<double>();
        long start = Stopwatch.GetTimestamp();
        do
        {
            double before = Now;
            for (int i = 0; i < inner; i++) work();
            samples.Add((Now - before) / inner);
        }
        while (samples.Count < 3 || Stopwatch.GetElapsedTime(start).TotalSeconds < seconds);
        samples.Sort();
        return (samples[0], samples[samples.Count / 2]);
    }
}

using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Firesteel;

/// <summary>Work on a range of indices that may run on several threads at once.</summary>
internal interface IRangeBody
{
    /// <summary>Does the part from <paramref name="start"/> to before <paramref name="end"/>.</summary>
    void Run(long start, long end);
}

/// <summary>
/// Fork and join on our own threads. They are background threads, started when first needed; between two pieces of work that
/// follow closely they spin, otherwise they sleep. One fork runs at a time: a second caller, and a fork within a fork, do their
/// own work alone.
/// </summary>
internal static class CpuThreads
{
    /// <summary>How long a thread without work looks for more before it sleeps.</summary>
    private static readonly long s_spinTicks = Stopwatch.Frequency / 20_000; // 50 us

    /// <summary>True on a thread that is inside a fork already.</summary>
    [ThreadStatic]
    private static bool t_inside;

    private static readonly Lock s_starting = new();
    private static volatile Worker[] s_workers = [];

    /// <summary>1 while some thread forks; it owns all the fields below.</summary>
    private static int s_busy;
    private static CpuFork s_fork = null!;

    /// <summary>Grows with every fork; what spinning threads watch.</summary>
    private static int s_generation;

    /// <summary>How many workers are inside the present fork; negative (the sign bit) when none may enter.</summary>
    private static int s_gate = int.MinValue;

    /// <summary>
    /// Runs <paramref name="body"/> over 0..count-1 in pieces of <paramref name="grain"/> (the last may be shorter). How the range is
    /// cut depends on count and grain only, never on the number of threads, so that results do not either. Of several
    /// exceptions the one of the first piece is thrown; later pieces may then not have run.
    /// </summary>
    public static void For<T>(long count, long grain, T body)
        where T : struct, IRangeBody
    {
        if (grain < 1) grain = 1;
        if (count <= grain)
        {
            if (count > 0) body.Run(0, count);
            return;
        }
        int threads = Threads.Count;
        if (threads == 1 || t_inside || Interlocked.CompareExchange(ref s_busy, 1, 0) != 0)
        {
            for (long start = 0; start < count; start += grain) body.Run(start, Math.Min(start + grain, count));
            return;
        }
        try
        {
            var fork = CpuFork<T>.Instance;
            fork.Begin(count, grain, body);
            Fork(fork, (int)Math.Min(threads, fork.Pieces) - 1);
            fork.End();
        }
        finally
        {
            Volatile.Write(ref s_busy, 0);
        }
    }

    private static void Fork(CpuFork fork, int helpers)
    {
        var workers = s_workers;
        if (workers.Length < helpers) workers = Start(helpers);
        s_fork = fork;
        fork.Helpers = helpers;
        t_inside = true;
        Volatile.Write(ref s_gate, 0);
        Interlocked.Increment(ref s_generation);
        for (int i = 0; i < helpers && i < workers.Length; i++) workers[i].Wake();
        fork.RunPieces();
        Interlocked.Or(ref s_gate, int.MinValue);
        var wait = default(SpinWait);
        while (Volatile.Read(ref s_gate) != int.MinValue) wait.SpinOnce(sleep1Threshold: -1);
        t_inside = false;
    }

    private static Worker[] Start(int count)
    {
        lock (s_starting)
        {
            var workers = s_workers;
            if (workers.Length >= count) return workers;
            var more = new Worker[count];
            workers.CopyTo(more, 0);
            for (int i = workers.Length; i < count; i++) more[i] = new Worker(i);
            return s_workers = more;
        }
    }

    private sealed class Worker
    {
        private readonly int _number;
        private readonly SemaphoreSlim _wake = new(0);
        private int _asleep;

        public Worker(int number)
        {
            _number = number;
            new Thread(Loop) { IsBackground = true, Name = $"Firesteel {number + 1}" }.UnsafeStart();
        }

        public void Wake()
        {
            if (Volatile.Read(ref _asleep) != 0 && Interlocked.Exchange(ref _asleep, 0) != 0) _wake.Release();
        }

        private void Loop()
        {
            t_inside = true;
            int seen = 0;
            while (true)
            {
                AwaitOther(seen);
                // Enter, unless the fork is over already. Inside, the forking thread waits for us, so nothing changes under our feet.
                int gate = Volatile.Read(ref s_gate);
                while (gate >= 0)
                {
                    int before = Interlocked.CompareExchange(ref s_gate, gate + 1, gate);
                    if (before == gate) break;
                    gate = before;
                }
                if (gate < 0)
                {
                    seen = Volatile.Read(ref s_generation);
                    // A fork may have begun between the two reads; then the gate is open and we look again.
                    if (Volatile.Read(ref s_gate) >= 0) seen--;
                    continue;
                }
                seen = Volatile.Read(ref s_generation);
                var fork = s_fork;
                if (_number < fork.Helpers) fork.RunPieces();
                Interlocked.Decrement(ref s_gate);
            }
        }

        private void AwaitOther(int seen)
        {
            long began = Stopwatch.GetTimestamp();
            do
            {
                for (int i = 0; i < 16; i++)
                {
                    if (Volatile.Read(ref s_generation) != seen) return;
                    Thread.SpinWait(8);
                }
            }
            while (Stopwatch.GetTimestamp() - began < s_spinTicks);
            Interlocked.Exchange(ref _asleep, 1);
            if (Volatile.Read(ref s_generation) != seen && Interlocked.Exchange(ref _asleep, 0) != 0) return;
            _wake.Wait();
        }
    }
}

/// <summary>One fork: pieces that threads claim one after the other.</summary>
internal abstract class CpuFork
{
    private long _next;
    private long _failedPiece;
    private ExceptionDispatchInfo? _failure;

    public long Pieces { get; protected set; }

    /// <summary>How many workers may help.</summary>
    public int Helpers { get; set; }

    protected void Begin(long pieces)
    {
        Pieces = pieces;
        _next = 0;
        _failedPiece = long.MaxValue;
        _failure = null;
    }

    protected abstract void RunPiece(long piece);

    /// <summary>Claims and runs pieces until none is left.</summary>
    public void RunPieces()
    {
        while (true)
        {
            long piece = Interlocked.Increment(ref _next) - 1;
            if (piece >= Pieces) return;
            try
            {
                RunPiece(piece);
            }
            catch (Exception e)
            {
                // Pieces are claimed in order, so every piece before the first that fails does run, and which exception wins is no accident.
                lock (this)
                {
                    if (piece < _failedPiece)
                    {
                        _failedPiece = piece;
                        _failure = ExceptionDispatchInfo.Capture(e);
                    }
                }
                Interlocked.Exchange(ref _next, Pieces);
            }
        }
    }

    /// <summary>Throws what a piece has thrown.</summary>
    protected void ThrowFailure()
    {
        if (_failure is not { } failure) return;
        _failure = null;
        failure.Throw();
    }
}

/// <summary>The fork over bodies of one type; there is one, since only one fork runs at a time, so that a fork allocates nothing.</summary>
internal sealed class CpuFork<T> : CpuFork
    where T : struct, IRangeBody
{
    public static readonly CpuFork<T> Instance = new();

    private T _body;
    private long _count, _grain;

    public void Begin(long count, long grain, T body)
    {
        _count = count;
        _grain = grain;
        _body = body;
        Begin((count - 1) / grain + 1);
    }

    protected override void RunPiece(long piece)
    {
        var body = _body; // every piece starts from the body as given, on whatever thread
        long start = piece * _grain;
        body.Run(start, Math.Min(start + _grain, _count));
    }

    public void End()
    {
        _body = default;
        ThrowFailure();
    }
}

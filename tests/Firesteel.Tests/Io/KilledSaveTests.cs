using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Firesteel.Io;
using Firesteel.Nn;
using Xunit.Abstractions;

namespace Firesteel.Tests;

/// <summary>Processes that are killed while they save, and disks that are full.</summary>
public sealed class KilledSaveTests(ITestOutputHelper log) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Path => _folder.File("run.safetensors");

    [Fact]
    public async Task AKilledProcessLeavesAWholeCheckpointAndTheNextSaveNoLitter()
    {
        int kills = int.Parse(Environment.GetEnvironmentVariable("FIRESTEEL_KILLS") ?? "25", CultureInfo.InvariantCulture), seed = Environment.TickCount;
        var random = new Random(seed);
        log.WriteLine($"seed {seed}");
        const int Ahead = 2; // processes that start while others save
        var savers = new Queue<Saver>();
        long before = 0;
        int old = 0, litter = 0;
        TimeSpan one = TimeSpan.Zero;
        try
        {
            for (int i = 0; i <= kills; i++)
            {
                while (savers.Count <= Ahead && savers.Count <= kills - i) savers.Enqueue(new Saver(Path));
                using var saver = savers.Dequeue();
                Assert.Equal("ready", await saver.Line());
                var watch = Stopwatch.StartNew();
                saver.Go();
                long printed = before;
                // The first one is only timed: how long it takes to go on and to save once.
                if (i == 0) printed = long.Parse((await saver.Line())!, CultureInfo.InvariantCulture);
                if (i == 0) one = watch.Elapsed;
                else await Task.Delay(one * (3 * random.NextDouble()));
                saver.Kill();
                while (await saver.Line() is { } line) printed = long.Parse(line, CultureInfo.InvariantCulture);

                int left = Directory.GetFiles(_folder.Path, ".*").Length;
                Assert.True(left <= 1, "litter of several writers");
                litter += left;
                long n = Check(Path);
                Assert.True(n == printed || n == printed + 1, $"{n} is there and {printed} was saved, seed {seed}");
                if (n == printed) old++;
                before = n;
            }
        }
        finally
        {
            foreach (var saver in savers) saver.Dispose();
        }
        log.WriteLine($"{kills} kills: {before} checkpoints, one in {one.TotalMilliseconds:F0} ms; {litter} kills in the middle of writing; {kills + 1 - old} times there was one that had not been reported yet");
        Checkpoint.Save(Path, Model(7), values: new() { ["n"] = 7 });
        Assert.Equal([Path], Directory.GetFiles(_folder.Path));
        Assert.Equal(7, Check(Path));
    }

    [Fact]
    public async Task AFileThatMayNotGrowLeavesTheOldOne()
    {
        if (OperatingSystem.IsWindows()) return; // there is no such limit
        Checkpoint.Save(Path, Model(5), values: new() { ["n"] = 5 });
        // At most 256 KB a file, and an error instead of a signal beyond that. The runtime would map its code twice, through a file of 2 GB.
        using var saver = new Saver(Path, "trap '' XFSZ; ulimit -f 512; export DOTNET_EnableWriteXorExecute=0;", "cold");
        saver.Go();
        string? error = await saver.Line();
        Assert.Contains("larger than may be written there", error);
        Assert.Equal(3, await saver.ExitCode());
        Assert.Equal(5, Check(Path));
        Assert.Equal([Path], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void AFullDiskLeavesTheOldFile()
    {
        string disk = _folder.File("disk"), path = System.IO.Path.Combine(disk, "run.safetensors");
        Directory.CreateDirectory(disk);
        if (!OperatingSystem.IsLinux() || !Run("mount", "-t", "tmpfs", "-o", "size=1280k", "tmpfs", disk))
        {
            log.WriteLine("skipped: a small disk cannot be mounted here");
            return;
        }
        try
        {
            Checkpoint.Save(path, Model(1), values: new() { ["n"] = 1 });
            // There is no place for two, whatever the point at which the disk is full.
            for (int spare = 0; spare < 6; spare++)
            {
                string filler = System.IO.Path.Combine(disk, "filler");
                File.WriteAllBytes(filler, new byte[spare * 80 << 10]);
                Assert.ThrowsAny<IOException>(() => Checkpoint.Save(path, Model(2), values: new() { ["n"] = 2 }));
                Assert.Equal(1, Check(path));
                Assert.Equal([filler, path], Directory.GetFiles(disk).Order());
                File.Delete(filler);
            }
            File.Delete(path);
            Checkpoint.Save(path, Model(3), values: new() { ["n"] = 3 });
            Assert.Equal(3, Check(path));
        }
        finally
        {
            Run("umount", "-l", disk);
        }
    }

    private static Sequential Model(long n)
    {
        var model = new Sequential(new Linear(300, 500), new Linear(500, 100), new Linear(100, 1));
        using (Firesteel.Autograd.NoGrad())
            foreach (var parameter in model.Parameters()) parameter.FillInPlace(n);
        return model;
    }

    /// <summary>The number of the checkpoint, which has to be the value of all its parameters.</summary>
    private static long Check(string path)
    {
        var model = Model(-1);
        long n = Checkpoint.Resume(path, model).Get<long>("n");
        foreach (var (name, parameter) in model.NamedParameters()) Assert.True(parameter.ToArray<float>().All(x => x == n), $"{name} is not all {n}");
        return n;
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true });
        process!.WaitForExit();
        return process.ExitCode == 0;
    }

    /// <summary>A process that saves again and again once it is told to.</summary>
    private sealed class Saver : IDisposable
    {
        private readonly Process _process;

        public Saver(string path, string? shell = null, params string[] arguments)
        {
            string dotnet = Environment.ProcessPath!.Contains("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : "dotnet";
            string[] command = [dotnet, Program(), path, .. arguments];
            var start = shell is null ? new ProcessStartInfo(dotnet, command[1..]) : new ProcessStartInfo("sh", ["-c", $"{shell} exec \"$0\" \"$@\"", .. command]);
            start.RedirectStandardInput = start.RedirectStandardOutput = true;
            _process = Process.Start(start)!;
        }

        public Task<string?> Line() => _process.StandardOutput.ReadLineAsync();

        public void Go()
        {
            _process.StandardInput.WriteLine();
            _process.StandardInput.Flush();
        }

        public void Kill()
        {
            _process.Kill();
            _process.WaitForExit();
        }

        public async Task<int> ExitCode()
        {
            await _process.WaitForExitAsync();
            return _process.ExitCode;
        }

        public void Dispose()
        {
            if (!_process.HasExited) Kill();
            _process.Dispose();
        }

        private static string Program([CallerFilePath] string here = "")
        {
            string folder = System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(here)!, "../../killed/bin"));
            // The configuration that this test was built in stands in its own path.
            string configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
            return System.IO.Path.Combine(folder, configuration, "net10.0", "Firesteel.KilledTest.dll");
        }
    }
}

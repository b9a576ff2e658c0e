using Firesteel.Io;
using Firesteel.Nn;
using Firesteel.Tests.Conformance;

namespace Firesteel.Tests;

[Collection(GeneratorCollection.Name)]
public sealed class CheckpointFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<CheckpointFormatException> _damaged = [];

    public void Dispose() => _folder.Dispose();

    private CheckpointFolder Open(int keepLast = 2, int keepBest = 1, string mode = "max") => new(_folder.File("runs/1"), keepLast, keepBest, mode) { OnDamaged = _damaged.Add };

    private static long StepOf(string? path) => long.Parse(System.IO.Path.GetFileNameWithoutExtension(path!)["checkpoint-".Length..], System.Globalization.CultureInfo.InvariantCulture);

    private static void Damage(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^3] ^= 1;
        File.WriteAllBytes(path, bytes);
    }

    [Fact]
    public void TheLastAndTheBestAreKept()
    {
        var checkpoints = Open();
        Assert.Null(checkpoints.Latest);
        Assert.Null(checkpoints.Best);
        Assert.Null(checkpoints.Resume());
        double[] metrics = [0.5, 0.9, 0.7, double.NaN, 0.9, 0.2, 0.1];
        long[][] kept = [[1], [2, 1], [3, 2], [4, 3, 2], [5, 4], [6, 5], [7, 6, 5]];
        for (int i = 0; i < metrics.Length; i++)
        {
            string path = checkpoints.Save(i + 1, metric: metrics[i], values: new() { ["step"] = i + 1 });
            Assert.Equal(kept[i], checkpoints.Files.Select(StepOf));
            Assert.Equal(path, checkpoints.Latest);
        }
        Assert.Equal(5, StepOf(checkpoints.Best));
        Assert.Equal(7, checkpoints.Resume()!.Get<int>("step"));
        Assert.Equal(5, Checkpoint.Resume(checkpoints.Best!).Get<int>("step"));
        Assert.Equal(7, Open().Resume()!.Get<int>("step"));
        Assert.Empty(_damaged);
    }

    [Fact]
    public void LowerIsBetterByDefaultAndSeveralOfTheBestCanBeKept()
    {
        var checkpoints = new CheckpointFolder(_folder.Path, keepLast: 1, keepBest: 3);
        double[] losses = [5, 3, double.NegativeInfinity, 4, 9, 8];
        for (int i = 0; i < losses.Length; i++) checkpoints.Save(i, metric: losses[i]);
        Assert.Equal([5, 3, 2, 1], checkpoints.Files.Select(StepOf));
        Assert.Equal(2, StepOf(checkpoints.Best));
    }

    [Fact]
    public void CheckpointsWithoutMetricAreNeverTheBest()
    {
        var checkpoints = Open(keepBest: 2);
        for (int step = 0; step < 5; step++) checkpoints.Save(step);
        Assert.Equal([4, 3], checkpoints.Files.Select(StepOf));
        Assert.Null(checkpoints.Best);
    }

    [Fact]
    public void DamagedFilesArePassedOverAndTold()
    {
        var checkpoints = Open(keepLast: 3);
        var model = new Linear(2, 2);
        for (int step = 1; step <= 4; step++) checkpoints.Save(step, model, metric: step, values: new() { ["step"] = step });
        Damage(checkpoints.Files[0]);
        Assert.Equal(3, StepOf(checkpoints.Latest));
        Assert.Contains("checkpoint-00000004.safetensors", Assert.Single(_damaged).Message);
        Assert.Equal(3, StepOf(checkpoints.Best));
        Assert.Equal(3, checkpoints.Resume(model)!.Get<int>("step"));
        Assert.Equal(3, _damaged.Count);
        _damaged.Clear();
        File.WriteAllText(checkpoints.Files[1], "no checkpoint");
        Assert.Equal(2, checkpoints.Resume(model)!.Get<int>("step"));
        Assert.Equal(2, StepOf(checkpoints.Best));
        Assert.Contains(_damaged, static e => e.File.Contains("00000003"));
        // What cannot be read does not count, so that three whole ones stay, and is not removed.
        checkpoints.Save(5, model);
        checkpoints.Save(6, model);
        Assert.Equal([6, 5, 4, 3], checkpoints.Files.Select(StepOf));
        Damage(checkpoints.Files[0]);
        Damage(checkpoints.Files[1]);
        Assert.Throws<CheckpointFormatException>(() => checkpoints.Resume(model));
        Assert.Null(checkpoints.Latest);
    }

    [Fact]
    public void TheOneJustSavedStaysEvenIfItsNumberIsLow()
    {
        var checkpoints = Open(keepLast: 1, keepBest: 0);
        checkpoints.Save(10);
        checkpoints.Save(3);
        Assert.Equal([10, 3], checkpoints.Files.Select(StepOf));
        checkpoints.Save(4);
        Assert.Equal([10, 4], checkpoints.Files.Select(StepOf));
    }

    [Fact]
    public void OtherFilesAreLeftAlone()
    {
        var checkpoints = Open(keepLast: 1);
        string[] others = ["checkpoint-x.safetensors", "checkpoint-.safetensors", "checkpoint--1.safetensors", "model.safetensors", "checkpoint-00000001.txt", "checkpoint-99999999999999999999.safetensors"];
        foreach (string name in others) File.WriteAllText(System.IO.Path.Combine(checkpoints.Path, name), "");
        checkpoints.Save(1);
        checkpoints.Save(2);
        Assert.Equal([2], checkpoints.Files.Select(StepOf));
        Assert.Equal(others.Append("checkpoint-00000002.safetensors").Order(), Directory.GetFiles(checkpoints.Path).Select(System.IO.Path.GetFileName).Order());
        Assert.Empty(_damaged);
    }

    [Fact]
    public void AFailedSaveRemovesNothing()
    {
        var checkpoints = Open(keepLast: 1, keepBest: 0);
        checkpoints.Save(1);
        Assert.Throws<ArgumentException>(() => checkpoints.Save(2, values: new() { ["x"] = new Version() }));
        Assert.Equal([1], checkpoints.Files.Select(StepOf));
    }

    [Fact]
    public void BadArguments()
    {
        Assert.ThrowsAny<ArgumentException>(() => Open(keepLast: 0));
        Assert.ThrowsAny<ArgumentException>(() => Open(keepBest: -1));
        Assert.ThrowsAny<ArgumentException>(() => Open(mode: "most"));
        Assert.ThrowsAny<ArgumentException>(() => Open().Save(-1));
    }
}

using System.Text.Json;
using Firesteel.Io;
using Xunit.Abstractions;

namespace Firesteel.Tests;

/// <summary>Checkpoints that others made, where FIRESTEEL_ARTEFACTS names a folder of them: each has an X.expected.json of what PyTorch reads from X.</summary>
public class ArtefactsTests(ITestOutputHelper output)
{
    [Fact]
    public void AsPyTorchReadsThem()
    {
        if (Environment.GetEnvironmentVariable("FIRESTEEL_ARTEFACTS") is not { Length: > 0 } folder)
        {
            output.WriteLine("skipped: FIRESTEEL_ARTEFACTS names no folder");
            return;
        }
        var wrong = new List<string>();
        int all = 0;
        foreach (string file in Directory.EnumerateFiles(folder, "*.expected.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string path = file[..^".expected.json".Length];
            all++;
            using var expected = JsonDocument.Parse(File.ReadAllText(file));
            string? difference;
            try
            {
                object? loaded = TensorFile.Load(path);
                difference = expected.RootElement.TryGetProperty("load_error", out _) ? "should be refused" : ExpectedContent.Difference(loaded, expected.RootElement);
            }
            catch (CheckpointFormatException e)
            {
                difference = expected.RootElement.TryGetProperty("load_error", out _) ? null : e.Message;
            }
            if (difference is not null) wrong.Add($"{Path.GetFileName(path)}: {difference}");
        }
        LastLines.Write("artefacts", $"artefacts: {all - wrong.Count}/{all} equal");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(all > 0, "no artefacts in the folder");
    }
}

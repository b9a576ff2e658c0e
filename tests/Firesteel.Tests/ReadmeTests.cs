using System.Runtime.CompilerServices;

namespace Firesteel.Tests;

/// <summary>The README's C# is the text of a sample, which is compiled and run.</summary>
public class ReadmeTests
{
    [Fact]
    public void ShowsTheQuickstartAsItIs()
    {
        string root = Root();
        string readme = File.ReadAllText(Path.Combine(root, "README.md"));
        string sample = File.ReadAllText(Path.Combine(root, "samples", "quickstart.cs"));
        string code = sample[sample.IndexOf("using Firesteel;", StringComparison.Ordinal)..].Trim();
        Assert.Contains("```csharp\n" + code + "\n```", readme);
    }

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../.."));
}

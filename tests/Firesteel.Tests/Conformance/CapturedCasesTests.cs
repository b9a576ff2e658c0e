using System.Diagnostics;

namespace Firesteel.Tests.Conformance;

/// <summary>
/// The recorded cases as captured functions, forward and gradients: the same bits as plain code, for other values than they were captured with. Over the cases in tests/golden, and
/// over all where FIRESTEEL_CONFORMANCE names a folder of them. In a process of its own, because thousands of captures look through all objects of theirs.
/// </summary>
public class CapturedCasesTests
{
    [Fact]
    public void GoldenCases() => Assert.Matches(@"^conformance: ops (\d+)/\1 cases, (\d+)/\2 ops complete; modules (\d+)/\3 cases", Run(Path.Combine(AppContext.BaseDirectory, "golden"), mayMiss: false));

    [Fact]
    public void AllCases()
    {
        if (Environment.GetEnvironmentVariable("FIRESTEEL_CONFORMANCE") is { Length: > 0 } folder) LastLines.Write("conformance captured", "captured " + Run(folder, mayMiss: true));
    }

    /// <summary>The last line of the program, which has to succeed, apart from operations that are not there.</summary>
    private static string Run(string folder, bool mayMiss)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!.Contains("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : "dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])[Path.Combine(AppContext.BaseDirectory, "Firesteel.Conformance.dll"), "--folder", folder, "--captured", "--verbose"]) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd().TrimEnd();
        process.WaitForExit();
        string failures = output[..output.IndexOf("== ops ==", StringComparison.Ordinal)];
        Assert.True(mayMiss ? !failures.Contains("captured ", StringComparison.Ordinal) && !failures.Contains("refused ", StringComparison.Ordinal) : process.ExitCode == 0, $"{output}\n{errors.Result}");
        return output[(output.LastIndexOf('\n') + 1)..];
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;

namespace Firesteel.Tests;

/// <summary>The Python of the machine, if there is one: the reader and writer that others use.</summary>
internal static class Python
{
    public const string Executable = "/usr/bin/python3";

    private static readonly ConcurrentDictionary<string, bool> s_modules = new();

    /// <summary>Whether a module can be imported.</summary>
    public static bool Has(string module) => s_modules.GetOrAdd(module, static module =>
        File.Exists(Executable) && Start(["-c", $"import importlib.util, sys; sys.exit(importlib.util.find_spec('{module}') is None)"]).ExitCode == 0);

    /// <summary>Runs a script (its text) and returns what it prints; its failure is the test's.</summary>
    public static string Run(string script, params string[] arguments)
    {
        var (exitCode, output, errors) = Start(["-c", script, .. arguments]);
        Assert.True(exitCode == 0, errors);
        return output;
    }

    private static (int ExitCode, string Output, string Errors) Start(IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Executable, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }
}

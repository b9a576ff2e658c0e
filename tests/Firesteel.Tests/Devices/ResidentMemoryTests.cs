using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Firesteel.Tests.Devices;

/// <summary>Peak resident memory of programs that never dispose of anything. Processes of their own: the peak is a fact about a process.</summary>
public class ResidentMemoryTests
{
    [Theory]
    [InlineData("train", 250)] // 100,000 training steps of a small net
    [InlineData("temporaries", 1200)] // 300 steps with 200 temporaries of 4 MB each
    public async Task StaysBelow(string program, int megabytes)
    {
        if (!OperatingSystem.IsLinux()) return; // the program reads its peak from /proc
        var start = new ProcessStartInfo(Environment.ProcessPath!.Contains("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : "dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(ProgramPath());
        start.ArgumentList.Add(program);
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await error);
        Assert.InRange(int.Parse(output, CultureInfo.InvariantCulture), 1, megabytes);
    }

    private static string ProgramPath([CallerFilePath] string here = "")
    {
        string folder = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../memory/bin"));
        // The configuration that this test was built in stands in its own path.
        string configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        return Path.Combine(folder, configuration, "net10.0", "Firesteel.MemoryTest.dll");
    }
}

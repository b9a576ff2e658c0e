using System.Text.Json;
using Firesteel.Io;

namespace Firesteel.Tests.Io;

/// <summary>The files of tests/fixtures/arrays, which NumPy and the specification of safetensors made.</summary>
public class ArrayFixtureTests
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "fixtures", "arrays");

    public static TheoryData<string> Names()
    {
        using var expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(s_folder, "expected.json")));
        return [.. expected.RootElement.EnumerateObject().Select(static file => file.Name)];
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void HoldsWhatItsMakerSays(string name)
    {
        using var expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(s_folder, "expected.json")));
        Assert.Null(ExpectedContent.Difference(TensorFile.Load(Path.Combine(s_folder, name)), expected.RootElement.GetProperty(name), exactOffsets: false));
    }
}

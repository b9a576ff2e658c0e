using System.Runtime.CompilerServices;

namespace Firesteel.Tests.Docs;

/// <summary>The C# in docs/ is code of this folder or of a sample, which is compiled and run.</summary>
public class DocsTests
{
    [Fact]
    public void PagesShowCodeThatIsCompiled()
    {
        string root = Root();
        string[] sources = [.. Sources("tests/Firesteel.Tests/Docs"), .. Sources("samples")];
        int blocks = 0;
        foreach (string page in Directory.GetFiles(Path.Combine(root, "docs"), "*.md"))
            foreach (string part in File.ReadAllText(page).Split("```csharp\n").Skip(1))
            {
                string code = Unindented(part[..part.IndexOf("```", StringComparison.Ordinal)]);
                Assert.True(sources.Any(s => s.Contains(code, StringComparison.Ordinal)), $"{Path.GetFileName(page)} shows code that is nowhere compiled:\n{code}");
                blocks++;
            }
        Assert.NotEqual(0, blocks);

        IEnumerable<string> Sources(string folder) => Directory.GetFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories).Select(static f => Unindented(File.ReadAllText(f)));
    }

    private static string Unindented(string text) => string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(static line => line.Trim()));

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../.."));
}

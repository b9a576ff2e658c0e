namespace Firesteel.Tests;

/// <summary>What <c>dotnet test</c> prints when all is done: lines that sum up runs over more cases than the repository has. The project file shows the folder's files after the run.</summary>
internal static class LastLines
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "last-lines");

    /// <summary>Prints the line, once per name.</summary>
    public static void Write(string name, string line)
    {
        Directory.CreateDirectory(s_folder);
        File.WriteAllText(Path.Combine(s_folder, name + ".txt"), line + "\n");
    }
}

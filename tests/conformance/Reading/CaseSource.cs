using System.IO.Compression;

namespace Firesteel.Conformance;

/// <summary>Where case files are read from: a folder, or the zip archives that the repository keeps.</summary>
public abstract class CaseSource
{
    /// <summary>Paths of all files, with '/' between folders.</summary>
    public abstract IReadOnlyList<string> Files { get; }

    public abstract byte[] Read(string path);

    public bool Contains(string path) => Files.Contains(path);

    /// <summary>The names in a folder that have a .json file: <c>ops/add.json</c> gives <c>add</c>.</summary>
    public IReadOnlyList<string> Names(string folder) =>
        [.. Files.Where(f => f.StartsWith(folder + "/", StringComparison.Ordinal) && f.EndsWith(".json", StringComparison.Ordinal)).Select(f => f[(folder.Length + 1)..^5]).Order(StringComparer.Ordinal)];

    /// <summary>A folder of case files, or a folder that holds archives of them.</summary>
    public static CaseSource Open(string folder) =>
        Directory.Exists(Path.Combine(folder, "ops")) ? new CaseFolder(folder) : new CaseArchives(folder);
}

public sealed class CaseFolder : CaseSource
{
    private readonly string _root;

    public CaseFolder(string root)
    {
        _root = root;
        Files = [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(root, f).Replace('\\', '/'))];
    }

    public override IReadOnlyList<string> Files { get; }

    public override byte[] Read(string path) => File.ReadAllBytes(Path.Combine(_root, path));
}

public sealed class CaseArchives : CaseSource
{
    private readonly Dictionary<string, string> _archiveOf = [];
    private readonly string _root;

    public CaseArchives(string root)
    {
        _root = root;
        var files = new List<string>();
        if (Directory.Exists(root))
        {
            foreach (string archive in Directory.EnumerateFiles(root, "*.zip").Order(StringComparer.Ordinal))
            {
                using var zip = ZipFile.OpenRead(archive);
                foreach (var entry in zip.Entries)
                {
                    _archiveOf[entry.FullName] = Path.GetFileName(archive);
                    files.Add(entry.FullName);
                }
            }
        }
        Files = files;
    }

    public override IReadOnlyList<string> Files { get; }

    public override byte[] Read(string path)
    {
        if (!_archiveOf.TryGetValue(path, out string? archive)) throw new FileNotFoundException($"No archive in {_root} holds {path}");
        using var zip = ZipFile.OpenRead(Path.Combine(_root, archive));
        using var stream = zip.GetEntry(path)!.Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}

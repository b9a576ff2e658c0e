using System.Text;
using Firesteel.Io;

namespace Firesteel.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Path => _folder.File("model.safetensors");

    private static void Write(string path, string text) => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    private string[] Names() => [.. Directory.GetFileSystemEntries(_folder.Path).Select(static p => System.IO.Path.GetFileName(p)).Order(StringComparer.Ordinal)];

    [Fact]
    public void AFileIsMadeAndReplaced()
    {
        Write(Path, "a longer first text");
        Assert.Equal("a longer first text", File.ReadAllText(Path));
        Write(Path, "second");
        Assert.Equal("second", File.ReadAllText(Path));
        Assert.Equal(["model.safetensors"], Names());
    }

    [Fact]
    public void TheStreamSeeksAndTheOldContentsStayUntilTheEnd()
    {
        Write(Path, "old");
        AtomicFile.Write(Path, stream =>
        {
            stream.Write("??? of the file"u8);
            stream.Position = 0;
            stream.Write("end"u8);
            stream.Flush();
            Assert.Equal("old", File.ReadAllText(Path));
        });
        Assert.Equal("end of the file", File.ReadAllText(Path));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000)]
    [InlineData(1_000_000)]
    public void AnExceptionLeavesTheOldFileAndNoLitter(int before)
    {
        Write(Path, "old");
        var error = Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(Path, stream =>
        {
            stream.Write(new byte[before]);
            throw new InvalidOperationException("in the middle");
        }));
        Assert.Equal("in the middle", error.Message);
        Assert.Equal("old", File.ReadAllText(Path));
        Assert.Equal(["model.safetensors"], Names());
    }

    [Fact]
    public void AFailureLeavesNoFileWhereThereWasNone()
    {
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(Path, static _ => throw new InvalidOperationException()));
        Assert.Empty(Names());
    }

    [Fact]
    public void AClosedStreamIsAnErrorAndReplacesNothing()
    {
        Write(Path, "old");
        Assert.Throws<ObjectDisposedException>(() => AtomicFile.Write(Path, static stream => stream.Dispose()));
        Assert.Equal("old", File.ReadAllText(Path));
        Assert.Equal(["model.safetensors"], Names());
    }

    [Fact]
    public void PermissionsAreKept()
    {
        if (OperatingSystem.IsWindows()) return;
        Write(Path, "old");
        var mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherWrite;
        File.SetUnixFileMode(Path, mode);
        Write(Path, "new");
        Assert.Equal(mode, File.GetUnixFileMode(Path));
    }

    [Fact]
    public void ANewFileHasThePermissionsOfAnyNewFile()
    {
        if (OperatingSystem.IsWindows()) return;
        Write(Path, "new");
        File.WriteAllText(_folder.File("other"), "");
        Assert.Equal(File.GetUnixFileMode(_folder.File("other")), File.GetUnixFileMode(Path));
    }

    [Fact]
    public void AReadOnlyFileIsRefused()
    {
        Write(Path, "old");
        File.SetAttributes(Path, FileAttributes.ReadOnly);
        var error = Assert.Throws<UnauthorizedAccessException>(() => Write(Path, "new"));
        Assert.Contains("model.safetensors is read-only", error.Message);
        Assert.Equal("old", File.ReadAllText(Path));
        File.SetAttributes(Path, FileAttributes.Normal);
    }

    [Fact]
    public void ALinkStaysOneAndItsTargetIsReplaced()
    {
        if (OperatingSystem.IsWindows()) return;
        using var elsewhere = new TemporaryFolder();
        Write(elsewhere.File("target"), "old");
        File.CreateSymbolicLink(_folder.File("link"), elsewhere.File("target"));
        File.CreateSymbolicLink(Path, _folder.File("link"));
        Write(Path, "new");
        Assert.Equal("new", File.ReadAllText(elsewhere.File("target")));
        Assert.Equal(_folder.File("link"), new FileInfo(Path).LinkTarget);
        Assert.Equal(["link", "model.safetensors"], Names());
    }

    [Fact]
    public void ALinkToNothingGetsItsTarget()
    {
        if (OperatingSystem.IsWindows()) return;
        File.CreateSymbolicLink(Path, "target");
        Write(Path, "new");
        Assert.Equal("target", new FileInfo(Path).LinkTarget);
        Assert.Equal("new", File.ReadAllText(_folder.File("target")));
    }

    [Fact]
    public void ALinkInACircleIsAnError()
    {
        if (OperatingSystem.IsWindows()) return;
        File.CreateSymbolicLink(Path, _folder.File("other"));
        File.CreateSymbolicLink(_folder.File("other"), Path);
        Assert.ThrowsAny<IOException>(() => Write(Path, "new"));
        Assert.Equal(["model.safetensors", "other"], Names());
    }

    [Fact]
    public void AFolderIsNotReplaced()
    {
        Directory.CreateDirectory(Path);
        Assert.Contains("is a folder", Assert.Throws<IOException>(() => Write(Path, "new")).Message);
        Assert.Equal(["model.safetensors"], Names());
    }

    [Fact]
    public void ADeviceIsNotReplaced()
    {
        if (OperatingSystem.IsWindows()) return;
        // A link to it, so that a mistake would not replace the real one.
        File.CreateSymbolicLink(Path, "/dev/full");
        Assert.Contains("is a device or a pipe", Assert.Throws<IOException>(() => Write(Path, "new")).Message);
    }

    [Fact]
    public void AFolderThatDoesNotExistIsAnError() => Assert.Throws<DirectoryNotFoundException>(() => Write(_folder.File("a/b"), "new"));

    [Fact]
    public void LitterIsRemovedAndNothingElse()
    {
        string[] kept = [".model.safetensors.0123456.saving", ".model.safetensors.0123456g.saving", ".model.safetensors.01234567.saving.txt", "..01234567.saving", "model.safetensors.01234567.saving"];
        foreach (string name in kept) File.WriteAllText(_folder.File(name), "");
        File.WriteAllText(_folder.File(".model.safetensors.01234567.saving"), "litter");
        File.WriteAllText(_folder.File(".another.89abcdef.saving"), "");
        Write(Path, "new");
        Assert.Equal([.. kept.Append("model.safetensors").Order(StringComparer.Ordinal)], Names());
    }

    [Fact]
    public void TheTemporaryFileOfALiveWriterIsNotLitter()
    {
        AtomicFile.Write(Path, outer =>
        {
            outer.Write("outer"u8);
            Write(Path, "inner");
            Assert.Equal("inner", File.ReadAllText(Path));
        });
        Assert.Equal("outer", File.ReadAllText(Path));
        Assert.Equal(["model.safetensors"], Names());
    }

    [Fact]
    public void AVeryLongNameIsWritten()
    {
        string path = _folder.File(new string('é', 125));
        File.WriteAllText(path, "old");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, _ =>
        {
            Assert.Equal(2, Names().Length);
            throw new InvalidOperationException();
        }));
        Write(path, "new");
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Single(Names());
    }

    [Fact]
    public async Task WritersThatRaceEachWriteAWholeFile()
    {
        const int Writers = 4, Length = 100_000;
        Write(Path, new string('a', Length));
        var writers = Enumerable.Range(0, Writers).Select(w => Task.Factory.StartNew(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                Write(Path, new string((char)('a' + w), Length));
                string text = File.ReadAllText(Path);
                Assert.Equal(new string(text[0], Length), text);
            }
        }, TaskCreationOptions.LongRunning)).ToArray();
        await Task.WhenAll(writers).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["model.safetensors"], Names());
    }
}

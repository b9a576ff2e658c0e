using System.Net;
using System.Security.Cryptography;
using Firesteel.Data;

namespace Firesteel.Tests;

public sealed class FashionMnistTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static byte[] Images(int count) => [0, 0, 8, 3, 0, 0, 0, (byte)count, 0, 0, 0, 2, 0, 0, 0, 2, .. Enumerable.Range(0, count * 4).Select(i => (byte)(51 * (i % 6)))];

    private static byte[] Labels(params byte[] labels) => [0, 0, 8, 1, 0, 0, 0, (byte)labels.Length, .. labels];

    private void Put(byte[] images, byte[] labels)
    {
        _folder.Write("t10k-images-idx3-ubyte.gz", TemporaryFolder.Gzip(images));
        _folder.Write("t10k-labels-idx1-ubyte.gz", TemporaryFolder.Gzip(labels));
    }

    [Fact]
    public void ImagesAndLabels()
    {
        Put(Images(3), Labels(9, 0, 4));
        var test = Datasets.FashionMnist(_folder.Path, train: false);
        Assert.Equal((3, 10, "Ankle boot"), (test.Count, test.Classes.Count, test.Classes[9]));
        Assert.Equal((DType.UInt8, DType.Int64), (test.Images.DType, test.Labels.DType));
        var (image, label) = test[0];
        Assert.Equal([1L, 2, 2], image.Shape);
        Assert.Equal([0, 0.2f, 0.4f, 0.6f], image.ToArray<float>());
        Assert.Equal(9, label.Item());
        var (x, y) = new DataLoader(test, batchSize: 3).Single();
        Assert.Equal([3L, 1, 2, 2], x.Shape);
        Assert.Equal([9L, 0, 4], y.ToArray<long>());
        Assert.Equal(102, Datasets.FashionMnist(_folder.Path, train: false, transform: new Compose())[0][0].Select(0, 1).Select(0, 0).Item());
    }

    [Fact]
    public void WhatIsMissingOrDoesNotBelongTogether()
    {
        Assert.Contains("there is no such folder", Assert.Throws<DirectoryNotFoundException>(() => Datasets.FashionMnist(_folder.File("none"))).Message);
        Assert.Contains("train-images-idx3-ubyte.gz", Assert.Throws<FileNotFoundException>(() => Datasets.FashionMnist(_folder.Path)).Message);
        foreach (var (images, labels) in new[] { (Images(3), Labels(1, 2)), (Labels(1, 2), Labels(1, 2)), (Images(2), Images(2)), (Images(2), Labels(1, 10)), (Images(2)[..^1], Labels(1, 2)) })
        {
            Put(images, labels);
            Assert.StartsWith(_folder.Path, Assert.Throws<InvalidDataException>(() => Datasets.FashionMnist(_folder.Path, train: false)).Message);
        }
    }

    [Fact]
    public void DownloadsAreCheckedAndAppearComplete()
    {
        byte[] content = Images(200), packed = TemporaryFolder.Gzip(content);
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(content)), path = _folder.File("x.gz");
        using var anything = new Server(_ => packed);
        using var server = new Server(request => request == "/x.gz" ? packed : null);
        var steps = new Steps();
        Download.Fetch(new Uri(server.Address, "x.gz"), path, sha256, steps);
        Assert.Equal(packed, File.ReadAllBytes(path));
        Assert.Equal((new DownloadProgress("x.gz", 0, packed.Length), new DownloadProgress("x.gz", packed.Length, packed.Length)), (steps.All[0], steps.All[^1]));

        File.Delete(path);
        Assert.Contains("SHA-256", Assert.Throws<InvalidDataException>(() => Download.Fetch(new Uri(server.Address, "x.gz"), path, new string('0', 64), null)).Message);
        Assert.Contains("404", Assert.Throws<IOException>(() => Download.Fetch(new Uri(server.Address, "y.gz"), path, sha256, null)).Message);
        Assert.Throws<InvalidDataException>(() => Datasets.FashionMnist(_folder.Path, true, anything.Address, null, null));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    private sealed class Steps : IProgress<DownloadProgress>
    {
        public List<DownloadProgress> All { get; } = [];

        public void Report(DownloadProgress value) => All.Add(value);
    }

    /// <summary>Answers with the bytes that a function gives for a path.</summary>
    private sealed class Server : IDisposable
    {
        private readonly HttpListener _listener = new();

        public Server(Func<string, byte[]?> answer)
        {
            for (int attempt = 0; ; attempt++)
            {
                Address = new Uri($"http://localhost:{Random.Shared.Next(20000, 60000)}/");
                _listener.Prefixes.Clear();
                _listener.Prefixes.Add(Address.ToString());
                try
                {
                    _listener.Start();
                    break;
                }
                catch (HttpListenerException) when (attempt < 20)
                {
                    _listener = new HttpListener();
                }
            }
            _ = Serve(answer);
        }

        public Uri Address { get; }

        public void Dispose() => _listener.Close();

        private async Task Serve(Func<string, byte[]?> answer)
        {
            while (_listener.IsListening)
            {
                var context = await _listener.GetContextAsync();
                byte[]? content = answer(context.Request.RawUrl!);
                if (content is null) context.Response.StatusCode = 404;
                else
                {
                    context.Response.ContentLength64 = content.Length;
                    await context.Response.OutputStream.WriteAsync(content);
                }
                context.Response.Close();
            }
        }
    }
}

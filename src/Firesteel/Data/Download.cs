using System.Security.Cryptography;

namespace Firesteel.Data;

/// <summary>Fetches files of known content.</summary>
internal static class Download
{
    /// <summary>
    /// Fetches a gzip file and moves it to <paramref name="path"/> when it is complete and its uncompressed content has the expected SHA-256;
    /// else nothing is left behind. (The same content is published in several compressed forms.)
    /// </summary>
    public static void Fetch(Uri source, string path, string contentSha256, IProgress<DownloadProgress>? progress)
    {
        string name = Path.GetFileName(path), temporary = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            using (var client = new HttpClient())
            using (var request = new HttpRequestMessage(HttpMethod.Get, source))
            using (var response = client.Send(request, HttpCompletionOption.ResponseHeadersRead))
            {
                response.EnsureSuccessStatusCode();
                using var from = response.Content.ReadAsStream();
                using var to = File.Create(temporary);
                Copy(from, to, name, response.Content.Headers.ContentLength, progress);
            }
            string found = ContentSha256(temporary);
            if (found != contentSha256) throw new InvalidDataException($"{source}: the content has the SHA-256 {found}, not {contentSha256}; the download was thrown away.");
            File.Move(temporary, path, overwrite: true);
        }
        catch (HttpRequestException e)
        {
            throw new IOException($"{source}: could not be downloaded: {e.Message}", e);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static void Copy(Stream from, Stream to, string name, long? total, IProgress<DownloadProgress>? progress)
    {
        byte[] buffer = new byte[1 << 16];
        long received = 0;
        progress?.Report(new(name, 0, total));
        while (from.Read(buffer) is > 0 and var count)
        {
            to.Write(buffer, 0, count);
            received += count;
            progress?.Report(new(name, received, total));
        }
        if (total is { } expected && received != expected) throw new IOException($"{name}: the connection ended after {received} of {expected} bytes.");
    }

    private static string ContentSha256(string path)
    {
        using var file = new GzipFile(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}

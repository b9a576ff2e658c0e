using System.Text;

namespace Firesteel.Io;

/// <summary>A string of Python 2: text or bytes, which only its use shows.</summary>
internal sealed class Python2String(byte[] bytes)
{
    public byte[] Bytes => bytes;

    public override string ToString()
    {
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(bytes);
        }
    }

    public static UTF8Encoding Utf8 { get; } = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}

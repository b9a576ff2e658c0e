namespace Firesteel;

/// <summary>What is done to the result of a product or a convolution as soon as parts of it are complete. Who makes the result tells of all of its elements, or of none: then all is done at the end.</summary>
internal abstract class ResultFinish
{
    /// <summary>Results of fewer elements are better finished at the end: they are still in the cache.</summary>
    public const long Smallest = 64 * 1024;

    private long[] _left = [];
    private long _pieceSize;

    /// <summary>The number of elements.</summary>
    public abstract long Count { get; }

    /// <summary>Some elements, counted row-major in the whole result, are complete. Called by the threads that work on it, once for each element.</summary>
    public abstract void Complete(long first, long count);

    /// <summary>The result will be made in pieces of this many elements, such as images, each in any order: see <see cref="CompleteIn"/>.</summary>
    public void BeginPieces(long size)
    {
        long pieces = Count / size;
        if (_left.Length != pieces) _left = new long[pieces];
        Array.Fill(_left, size);
        _pieceSize = size;
    }

    /// <summary>So many elements more of a piece are there.</summary>
    public void CompleteIn(long piece, long elements)
    {
        if (Interlocked.Add(ref _left[piece], -elements) == 0) Complete(piece * _pieceSize, _pieceSize);
    }
}

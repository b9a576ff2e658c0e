using System.Globalization;

namespace Firesteel;

/// <summary>
/// PyTorch's names of backward nodes: <c>log_softmax</c> gives <c>LogSoftmaxBackward0</c>; a digit behind a colon is the overload (<c>sum:1</c> gives <c>SumBackward1</c>), and
/// words are the function that PyTorch computes it by (<c>square:pow</c> gives <c>PowBackward0</c>).
/// </summary>
internal static class NodeNames
{
    public static (string Operation, string Node) Of(string name)
    {
        var parts = name.Split(':');
        string overload = parts.Length > 1 ? parts[1] : "0";
        if (!char.IsDigit(overload[0])) return (parts[0], Of(overload).Node);
        string stem = string.Concat(parts[0].Split('_').Select(static part => part.Length == 0 ? "" : char.ToUpper(part[0], CultureInfo.InvariantCulture) + part[1..]));
        return (parts[0], $"{stem}Backward{overload}");
    }
}

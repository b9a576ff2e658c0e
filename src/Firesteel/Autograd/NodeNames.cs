using System.Globalization;

namespace Firesteel;

/// <summary>PyTorch's names of backward nodes: <c>log_softmax</c> gives <c>LogSoftmaxBackward0</c>; a digit behind a colon is the overload (<c>sum:1</c> gives <c>SumBackward1</c>).</summary>
internal static class NodeNames
{
    public static (string Operation, string Node) Of(string name)
    {
        var parts = name.Split(':');
        string stem = string.Concat(parts[0].Split('_').Select(static part => part.Length == 0 ? "" : char.ToUpper(part[0], CultureInfo.InvariantCulture) + part[1..]));
        return (parts[0], $"{stem}Backward{(parts.Length > 1 ? parts[1] : "0")}");
    }
}

using System.Numerics;

namespace Firesteel.Io;

/// <summary>What things in a pickle are called in messages.</summary>
internal static class PickleKinds
{
    public static string Describe(object? value) => value switch
    {
        null => "None",
        bool => "a truth value",
        long or BigInteger => "an integer",
        double => "a number",
        string => "a string",
        byte[] => "bytes",
        object?[] => "a tuple",
        List<object?> => "a list",
        PickledSet => "a set",
        PickledDictionary => "a dictionary",
        PickledTensor => "a tensor",
        PickledStorage => "a storage",
        NumpyType => "a dtype of NumPy",
        Python2String => "a string",
        PickleGlobal global => global.FullName,
        _ => "an object",
    };
}

namespace Firesteel;

/// <summary>How a pointwise loop gets at an operand: where it lies, as one number, or element by element through a tile.</summary>
internal enum MapAccess { Direct, Number, Strided }

/// <summary>An operand as the loop sees it.</summary>
internal unsafe struct MapPort
{
    public byte* Data;
    public long* Strides;
    public DType DType;
    public MapAccess Access;

    /// <summary>A number that lies in memory and is to be read before the loop.</summary>
    public bool InMemory;
    public double Number;
    public long Integer;

    /// <summary>Takes the one element for the number.</summary>
    public void ReadNumber()
    {
        double number;
        MapPlaces.Load(DType, Data, 1, &number, 1);
        Number = number;
    }

    /// <summary>The number in the type of the loop.</summary>
    public readonly T NumberAs<T>()
        where T : unmanaged => typeof(T) == typeof(long) ? (T)(object)Integer : Convert<T>(Number);

    /// <summary>A number in the type of a loop.</summary>
    public static T Convert<T>(double value)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return (T)(object)(float)value;
        if (typeof(T) == typeof(double)) return (T)(object)value;
        return (T)(object)(long)value;
    }
}

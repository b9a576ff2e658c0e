using System.Globalization;

namespace Firesteel.Data;

public static partial class Datasets
{
    private const int DigitSide = 8, DigitMax = 16;

    /// <summary>
    /// The UCI handwritten digits as scikit-learn ships them: 1,797 images of 8x8 pixels from 0 to 16, with labels 0 to 9
    /// (<c>sklearn.datasets.load_digits</c>).
    /// </summary>
    /// <param name="path">The file <c>digits.csv.gz</c>: 64 pixels and the label on every line.</param>
    /// <param name="transform">What is done to an image [8, 8] of bytes when it is read; if left out it becomes float32 [1, 8, 8] from 0 to 1.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is cut off or damaged; the message names file and line.</exception>
    public static ImageDataset Digits(string path, Transform? transform = null)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"{path}: there is no such file. The digits are in digits.csv.gz, which comes with the samples.", path);
        var pixels = new List<byte>();
        var labels = new List<long>();
        int number = 0;
        using (var reader = new StreamReader(new GzipFile(path)))
        {
            while (reader.ReadLine() is { } line)
            {
                number++;
                if (!TryParse(line, pixels, labels))
                    throw new InvalidDataException($"{path}, line {number}: {DigitSide * DigitSide} pixels from 0 to {DigitMax} and a label from 0 to 9 were expected.");
            }
        }
        if (number == 0) throw new InvalidDataException($"{path}: the file is empty.");
        var images = Tensor.FromNumpy(pixels.ToArray()).Reshape(number, DigitSide, DigitSide);
        return new ImageDataset(images, Tensor.FromNumpy(labels.ToArray()), ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
            transform ?? new Lambda(static image => image.To(DType.Float32).Unsqueeze(0) / DigitMax));
    }

    private static bool TryParse(string line, List<byte> pixels, List<long> labels)
    {
        string[] fields = line.Split(',');
        if (fields.Length != DigitSide * DigitSide + 1) return false;
        for (int i = 0; i < fields.Length; i++)
        {
            if (!byte.TryParse(fields[i], NumberStyles.None, CultureInfo.InvariantCulture, out byte value)) return false;
            bool label = i == fields.Length - 1;
            if (value > (label ? 9 : DigitMax)) return false;
            if (label) labels.Add(value);
            else pixels.Add(value);
        }
        return true;
    }
}

namespace Firesteel.Tests;

/// <summary>Every text is what PyTorch 1.13 prints. The options are those of the whole process, so nothing else may print meanwhile.</summary>
[Collection(Conformance.GeneratorCollection.Name)]
public class TensorFormatterTests
{
    private static void Check(Tensor tensor, string expected) => Assert.Equal(expected, tensor.ToString());

    private static void Check(PrintOptions options, Tensor tensor, string expected) => Assert.Equal(expected, tensor.ToString(options));

    [Fact]
    public void FloatingPoint()
    {
        Check(Tensor.From(new double[] { 0.5, 1.5, -2.25 }, DType.Float32), "tensor([ 0.5000,  1.5000, -2.2500])");
        Check(Tensor.From(new double[] { 1.0, 2.0, 3.0 }, DType.Float32), "tensor([1., 2., 3.])");
        Check(Tensor.From(new double[] { 1.0 }, DType.Float32), "tensor([1.])");
        Check(Tensor.From(new double[] { 0.0, 0.0, 0.0 }, DType.Float32), "tensor([0., 0., 0.])");
        Check(Tensor.From(new double[] { -0.0, 0.0 }, DType.Float32), "tensor([-0., 0.])");
        Check(Tensor.From(new double[] { 1.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity }, DType.Float32), "tensor([1., nan, inf, -inf])");
        Check(Tensor.From(new double[] { double.NaN }, DType.Float32), "tensor([nan])");
        Check(Tensor.From(new double[] { double.NaN, 0.1, double.NegativeInfinity }, DType.Float32), "tensor([   nan, 0.1000,   -inf])");
        Check(Tensor.From(new double[] { 1e-05 }, DType.Float32), "tensor([1.0000e-05])");
        Check(Tensor.From(new double[] { 0.0001 }, DType.Float32), "tensor([1.0000e-04])");
        Check(Tensor.From(new double[] { 0.00011, 0.1 }, DType.Float32), "tensor([0.0001, 0.1000])");
        Check(Tensor.From(new double[] { 1e-05, 1.0 }, DType.Float32), "tensor([1.0000e-05, 1.0000e+00])");
        Check(Tensor.From(new double[] { 1.0, 1001.0 }, DType.Float32), "tensor([1.0000e+00, 1.0010e+03])");
        Check(Tensor.From(new double[] { 1.0, 1000.0 }, DType.Float32), "tensor([   1., 1000.])");
        Check(Tensor.From(new double[] { 0.001, 1.0001 }, DType.Float32), "tensor([1.0000e-03, 1.0001e+00])");
        Check(Tensor.From(new double[] { 100000000.0 }, DType.Float32), "tensor([100000000.])");
        Check(Tensor.From(new double[] { 110000000.0 }, DType.Float32), "tensor([1.1000e+08])");
        Check(Tensor.From(new double[] { 200000000.0 }, DType.Float32), "tensor([2.0000e+08])");
        Check(Tensor.From(new double[] { 1000000000.0, 1000000000.0 }, DType.Float32), "tensor([1.0000e+09, 1.0000e+09])");
        Check(Tensor.From(new double[] { 0.5, 100000.0 }, DType.Float32), "tensor([5.0000e-01, 1.0000e+05])");
        Check(Tensor.From(new double[] { 1e-45, 3e+38 }, DType.Float32), "tensor([1.4013e-45, 3.0000e+38])");
        Check(Tensor.From(new double[] { 1e-300, 1e+300 }, DType.Float64), "tensor([1.0000e-300, 1.0000e+300], dtype=torch.float64)");
        Check(Tensor.From(new double[] { 123456.789 }, DType.Float32), "tensor([123456.7891])");
        Check(Tensor.From(new double[] { 99999999.5 }, DType.Float64), "tensor([99999999.5000], dtype=torch.float64)");
        Check(Tensor.From(new double[] { 0.03125, 0.09375, 0.15625 }, DType.Float32), "tensor([0.0312, 0.0938, 0.1562])");
        Check(Tensor.From(new double[] { 2.5, 0.5 }, DType.Float32), "tensor([2.5000, 0.5000])");
        Check(Tensor.From(new double[] { 5e-05, 0.00015 }, DType.Float32), "tensor([5.0000e-05, 1.5000e-04])");
        Check(Tensor.From(new double[] { 9.99996, 0.99995 }, DType.Float32), "tensor([10.0000,  0.9999])");
        Check(Tensor.From(new double[] { 9999.99999, 10.0 }, DType.Float64), "tensor([10000.0000,    10.0000], dtype=torch.float64)");
        Check(Tensor.From(new double[] { 9.99995e-06, 1.0 }, DType.Float32), "tensor([9.9999e-06, 1.0000e+00])");
        Check(Tensor.From(new double[] { 0.1, 0.2, 0.3 }, DType.Float64), "tensor([0.1000, 0.2000, 0.3000], dtype=torch.float64)");
        Check(Tensor.From(new double[] { 0.1, 0.2, 0.3 }, DType.Float16), "tensor([0.1000, 0.2000, 0.3000], dtype=torch.float16)");
        Check(Tensor.From(new double[] { 0.1, 0.2, 0.3 }, DType.BFloat16), "tensor([0.1001, 0.2002, 0.3008], dtype=torch.bfloat16)");
        Check(Tensor.From(new double[] { 65504.0, 6e-08 }, DType.Float16), "tensor([6.5504e+04, 5.9605e-08], dtype=torch.float16)");
        Check(Tensor.From(new double[] { 0.0, 0.001, 0.002, 0.003, 0.004, 0.005, 0.006, 0.007, 0.008, 0.009000000000000001, 0.01, 0.011, 0.012, 0.013000000000000001, 0.014, 0.015, 0.016, 0.017, 0.018000000000000002, 0.019, 0.02, 0.021, 0.022, 0.023, 0.024, 0.025, 0.026000000000000002, 0.027, 0.028, 0.029 }, DType.Float32),
            """
            tensor([0.0000, 0.0010, 0.0020, 0.0030, 0.0040, 0.0050, 0.0060, 0.0070, 0.0080,
                    0.0090, 0.0100, 0.0110, 0.0120, 0.0130, 0.0140, 0.0150, 0.0160, 0.0170,
                    0.0180, 0.0190, 0.0200, 0.0210, 0.0220, 0.0230, 0.0240, 0.0250, 0.0260,
                    0.0270, 0.0280, 0.0290])
            """);
        Check(Tensor.From(new double[] { -1e-05, 2.0, double.NaN, double.PositiveInfinity }, DType.Float32), "tensor([-1.0000e-05,  2.0000e+00,         nan,         inf])");
        Check(Tensor.From(new double[] { 1e+16, 1.0 }, DType.Float64), "tensor([1.0000e+16, 1.0000e+00], dtype=torch.float64)");
    }

    [Fact]
    public void IntegersAndBool()
    {
        Check(Tensor.From(new double[] { 1.0, 2.0, 3.0 }, DType.Int64), "tensor([1, 2, 3])");
        Check(Tensor.From(new double[] { 1.0, -20.0, 300.0 }, DType.Int32), "tensor([  1, -20, 300], dtype=torch.int32)");
        Check(Tensor.From(new double[] { 1.0, -2.0 }, DType.Int16), "tensor([ 1, -2], dtype=torch.int16)");
        Check(Tensor.From(new double[] { 1.0, -128.0 }, DType.Int8), "tensor([   1, -128], dtype=torch.int8)");
        Check(Tensor.From(new double[] { 0.0, 255.0 }, DType.UInt8), "tensor([  0, 255], dtype=torch.uint8)");
        Check(Tensor.From(new double[] { 0.0, 1.0, 1.0 }, DType.Bool), "tensor([False,  True,  True])");
        Check(Tensor.From(new double[] { 0.0, 1.0, 4.0, 9.0, 16.0, 25.0, 36.0, 49.0, 64.0, 81.0, 100.0, 121.0, 144.0, 169.0, 196.0, 225.0, 256.0, 289.0, 324.0, 361.0, 400.0, 441.0, 484.0, 529.0, 576.0, 625.0, 676.0, 729.0, 784.0, 841.0, 900.0, 961.0, 1024.0, 1089.0, 1156.0, 1225.0, 1296.0, 1369.0, 1444.0, 1521.0 }, DType.Int64),
            """
            tensor([   0,    1,    4,    9,   16,   25,   36,   49,   64,   81,  100,  121,
                     144,  169,  196,  225,  256,  289,  324,  361,  400,  441,  484,  529,
                     576,  625,  676,  729,  784,  841,  900,  961, 1024, 1089, 1156, 1225,
                    1296, 1369, 1444, 1521])
            """);
        Check(Tensor.From(new double[] { 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0 }, DType.Bool),
            """
            tensor([ True, False, False,  True, False, False,  True, False, False,  True,
                    False, False,  True, False, False,  True, False, False,  True, False,
                    False,  True, False, False,  True])
            """);
    }

    [Fact]
    public void OneNumber()
    {
        Check(Tensor.From(3), "tensor(3)");
        Check(Tensor.From(3.5), "tensor(3.5000)");
        Check(Tensor.From(3.0), "tensor(3.)");
        Check(Tensor.From(true), "tensor(True)");
        Check(Tensor.From(1e-7), "tensor(1.0000e-07)");
        Check(Tensor.From(123456789.0), "tensor(1.2346e+08)");
        Check(Tensor.From(double.NaN), "tensor(nan)");
        Check(Tensor.From(-0.0), "tensor(-0.)");
        Check(Tensor.From(2.5, DType.Float64), "tensor(2.5000, dtype=torch.float64)");
        Check(Tensor.From(7, DType.Int8), "tensor(7, dtype=torch.int8)");
        Check(Tensor.From(double.PositiveInfinity), "tensor(inf)");
        Check(Tensor.From(long.MinValue), "tensor(-9223372036854775808)");
        Check(Tensor.From(new[] { long.MaxValue, 1 }), "tensor([9223372036854775807,                   1])");
    }

    [Fact]
    public void EmptyAndSeveralDimensions()
    {
        Check(Tensor.Zeros(0), "tensor([])");
        Check(Tensor.Zeros(0, 3), "tensor([], size=(0, 3))");
        Check(Tensor.Zeros([2, 0], DType.Int64), "tensor([], size=(2, 0), dtype=torch.int64)");
        Check(Tensor.Zeros([0], DType.Bool), "tensor([], dtype=torch.bool)");
        Check(Tensor.Zeros([0, 1, 2], DType.Float64), "tensor([], size=(0, 1, 2), dtype=torch.float64)");
        Check(Tensor.Zeros(2, 3),
            """
            tensor([[0., 0., 0.],
                    [0., 0., 0.]])
            """);
        Check(Tensor.Ones(1, 1, 1, 1), "tensor([[[[1.]]]])");
        Check(Tensor.Arange(6).Reshape(2, 3),
            """
            tensor([[0, 1, 2],
                    [3, 4, 5]])
            """);
        Check(Tensor.Arange(24.0).Reshape(2, 3, 4),
            """
            tensor([[[ 0.,  1.,  2.,  3.],
                     [ 4.,  5.,  6.,  7.],
                     [ 8.,  9., 10., 11.]],
            
                    [[12., 13., 14., 15.],
                     [16., 17., 18., 19.],
                     [20., 21., 22., 23.]]])
            """);
        Check(Tensor.Arange(16).Reshape(2, 2, 2, 2),
            """
            tensor([[[[ 0,  1],
                      [ 2,  3]],
            
                     [[ 4,  5],
                      [ 6,  7]]],
            
            
                    [[[ 8,  9],
                      [10, 11]],
            
                     [[12, 13],
                      [14, 15]]]])
            """);
        Check(Tensor.Arange(6.0).Reshape(2, 3).T,
            """
            tensor([[0., 3.],
                    [1., 4.],
                    [2., 5.]])
            """);
        Check((Tensor.Arange(40.0) / 7).Reshape(2, 20),
            """
            tensor([[0.0000, 0.1429, 0.2857, 0.4286, 0.5714, 0.7143, 0.8571, 1.0000, 1.1429,
                     1.2857, 1.4286, 1.5714, 1.7143, 1.8571, 2.0000, 2.1429, 2.2857, 2.4286,
                     2.5714, 2.7143],
                    [2.8571, 3.0000, 3.1429, 3.2857, 3.4286, 3.5714, 3.7143, 3.8571, 4.0000,
                     4.1429, 4.2857, 4.4286, 4.5714, 4.7143, 4.8571, 5.0000, 5.1429, 5.2857,
                     5.4286, 5.5714]])
            """);
    }

    [Fact]
    public void BeyondTheThreshold()
    {
        Check(Tensor.Arange(1000),
            """
            tensor([  0,   1,   2,   3,   4,   5,   6,   7,   8,   9,  10,  11,  12,  13,
                     14,  15,  16,  17,  18,  19,  20,  21,  22,  23,  24,  25,  26,  27,
                     28,  29,  30,  31,  32,  33,  34,  35,  36,  37,  38,  39,  40,  41,
                     42,  43,  44,  45,  46,  47,  48,  49,  50,  51,  52,  53,  54,  55,
                     56,  57,  58,  59,  60,  61,  62,  63,  64,  65,  66,  67,  68,  69,
                     70,  71,  72,  73,  74,  75,  76,  77,  78,  79,  80,  81,  82,  83,
                     84,  85,  86,  87,  88,  89,  90,  91,  92,  93,  94,  95,  96,  97,
                     98,  99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111,
                    112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125,
                    126, 127, 128, 129, 130, 131, 132, 133, 134, 135, 136, 137, 138, 139,
                    140, 141, 142, 143, 144, 145, 146, 147, 148, 149, 150, 151, 152, 153,
                    154, 155, 156, 157, 158, 159, 160, 161, 162, 163, 164, 165, 166, 167,
                    168, 169, 170, 171, 172, 173, 174, 175, 176, 177, 178, 179, 180, 181,
                    182, 183, 184, 185, 186, 187, 188, 189, 190, 191, 192, 193, 194, 195,
                    196, 197, 198, 199, 200, 201, 202, 203, 204, 205, 206, 207, 208, 209,
                    210, 211, 212, 213, 214, 215, 216, 217, 218, 219, 220, 221, 222, 223,
                    224, 225, 226, 227, 228, 229, 230, 231, 232, 233, 234, 235, 236, 237,
                    238, 239, 240, 241, 242, 243, 244, 245, 246, 247, 248, 249, 250, 251,
                    252, 253, 254, 255, 256, 257, 258, 259, 260, 261, 262, 263, 264, 265,
                    266, 267, 268, 269, 270, 271, 272, 273, 274, 275, 276, 277, 278, 279,
                    280, 281, 282, 283, 284, 285, 286, 287, 288, 289, 290, 291, 292, 293,
                    294, 295, 296, 297, 298, 299, 300, 301, 302, 303, 304, 305, 306, 307,
                    308, 309, 310, 311, 312, 313, 314, 315, 316, 317, 318, 319, 320, 321,
                    322, 323, 324, 325, 326, 327, 328, 329, 330, 331, 332, 333, 334, 335,
                    336, 337, 338, 339, 340, 341, 342, 343, 344, 345, 346, 347, 348, 349,
                    350, 351, 352, 353, 354, 355, 356, 357, 358, 359, 360, 361, 362, 363,
                    364, 365, 366, 367, 368, 369, 370, 371, 372, 373, 374, 375, 376, 377,
                    378, 379, 380, 381, 382, 383, 384, 385, 386, 387, 388, 389, 390, 391,
                    392, 393, 394, 395, 396, 397, 398, 399, 400, 401, 402, 403, 404, 405,
                    406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 419,
                    420, 421, 422, 423, 424, 425, 426, 427, 428, 429, 430, 431, 432, 433,
                    434, 435, 436, 437, 438, 439, 440, 441, 442, 443, 444, 445, 446, 447,
                    448, 449, 450, 451, 452, 453, 454, 455, 456, 457, 458, 459, 460, 461,
                    462, 463, 464, 465, 466, 467, 468, 469, 470, 471, 472, 473, 474, 475,
                    476, 477, 478, 479, 480, 481, 482, 483, 484, 485, 486, 487, 488, 489,
                    490, 491, 492, 493, 494, 495, 496, 497, 498, 499, 500, 501, 502, 503,
                    504, 505, 506, 507, 508, 509, 510, 511, 512, 513, 514, 515, 516, 517,
                    518, 519, 520, 521, 522, 523, 524, 525, 526, 527, 528, 529, 530, 531,
                    532, 533, 534, 535, 536, 537, 538, 539, 540, 541, 542, 543, 544, 545,
                    546, 547, 548, 549, 550, 551, 552, 553, 554, 555, 556, 557, 558, 559,
                    560, 561, 562, 563, 564, 565, 566, 567, 568, 569, 570, 571, 572, 573,
                    574, 575, 576, 577, 578, 579, 580, 581, 582, 583, 584, 585, 586, 587,
                    588, 589, 590, 591, 592, 593, 594, 595, 596, 597, 598, 599, 600, 601,
                    602, 603, 604, 605, 606, 607, 608, 609, 610, 611, 612, 613, 614, 615,
                    616, 617, 618, 619, 620, 621, 622, 623, 624, 625, 626, 627, 628, 629,
                    630, 631, 632, 633, 634, 635, 636, 637, 638, 639, 640, 641, 642, 643,
                    644, 645, 646, 647, 648, 649, 650, 651, 652, 653, 654, 655, 656, 657,
                    658, 659, 660, 661, 662, 663, 664, 665, 666, 667, 668, 669, 670, 671,
                    672, 673, 674, 675, 676, 677, 678, 679, 680, 681, 682, 683, 684, 685,
                    686, 687, 688, 689, 690, 691, 692, 693, 694, 695, 696, 697, 698, 699,
                    700, 701, 702, 703, 704, 705, 706, 707, 708, 709, 710, 711, 712, 713,
                    714, 715, 716, 717, 718, 719, 720, 721, 722, 723, 724, 725, 726, 727,
                    728, 729, 730, 731, 732, 733, 734, 735, 736, 737, 738, 739, 740, 741,
                    742, 743, 744, 745, 746, 747, 748, 749, 750, 751, 752, 753, 754, 755,
                    756, 757, 758, 759, 760, 761, 762, 763, 764, 765, 766, 767, 768, 769,
                    770, 771, 772, 773, 774, 775, 776, 777, 778, 779, 780, 781, 782, 783,
                    784, 785, 786, 787, 788, 789, 790, 791, 792, 793, 794, 795, 796, 797,
                    798, 799, 800, 801, 802, 803, 804, 805, 806, 807, 808, 809, 810, 811,
                    812, 813, 814, 815, 816, 817, 818, 819, 820, 821, 822, 823, 824, 825,
                    826, 827, 828, 829, 830, 831, 832, 833, 834, 835, 836, 837, 838, 839,
                    840, 841, 842, 843, 844, 845, 846, 847, 848, 849, 850, 851, 852, 853,
                    854, 855, 856, 857, 858, 859, 860, 861, 862, 863, 864, 865, 866, 867,
                    868, 869, 870, 871, 872, 873, 874, 875, 876, 877, 878, 879, 880, 881,
                    882, 883, 884, 885, 886, 887, 888, 889, 890, 891, 892, 893, 894, 895,
                    896, 897, 898, 899, 900, 901, 902, 903, 904, 905, 906, 907, 908, 909,
                    910, 911, 912, 913, 914, 915, 916, 917, 918, 919, 920, 921, 922, 923,
                    924, 925, 926, 927, 928, 929, 930, 931, 932, 933, 934, 935, 936, 937,
                    938, 939, 940, 941, 942, 943, 944, 945, 946, 947, 948, 949, 950, 951,
                    952, 953, 954, 955, 956, 957, 958, 959, 960, 961, 962, 963, 964, 965,
                    966, 967, 968, 969, 970, 971, 972, 973, 974, 975, 976, 977, 978, 979,
                    980, 981, 982, 983, 984, 985, 986, 987, 988, 989, 990, 991, 992, 993,
                    994, 995, 996, 997, 998, 999])
            """);
        Check(Tensor.Arange(1001), "tensor([   0,    1,    2,  ...,  998,  999, 1000])");
        Check(Tensor.Arange(1001.0), "tensor([   0.,    1.,    2.,  ...,  998.,  999., 1000.])");
        Check(Tensor.Arange(2000.0).Reshape(40, 50) / 8,
            """
            tensor([[0.0000e+00, 1.2500e-01, 2.5000e-01,  ..., 5.8750e+00, 6.0000e+00,
                     6.1250e+00],
                    [6.2500e+00, 6.3750e+00, 6.5000e+00,  ..., 1.2125e+01, 1.2250e+01,
                     1.2375e+01],
                    [1.2500e+01, 1.2625e+01, 1.2750e+01,  ..., 1.8375e+01, 1.8500e+01,
                     1.8625e+01],
                    ...,
                    [2.3125e+02, 2.3138e+02, 2.3150e+02,  ..., 2.3712e+02, 2.3725e+02,
                     2.3738e+02],
                    [2.3750e+02, 2.3762e+02, 2.3775e+02,  ..., 2.4338e+02, 2.4350e+02,
                     2.4362e+02],
                    [2.4375e+02, 2.4388e+02, 2.4400e+02,  ..., 2.4962e+02, 2.4975e+02,
                     2.4988e+02]])
            """);
        Check(Tensor.Arange(2000).Reshape(2, 1000),
            """
            tensor([[   0,    1,    2,  ...,  997,  998,  999],
                    [1000, 1001, 1002,  ..., 1997, 1998, 1999]])
            """);
        Check(Tensor.Arange(2000).Reshape(1000, 2),
            """
            tensor([[   0,    1],
                    [   2,    3],
                    [   4,    5],
                    ...,
                    [1994, 1995],
                    [1996, 1997],
                    [1998, 1999]])
            """);
        Check(Tensor.Arange(1200).Reshape(4, 300).T,
            """
            tensor([[   0,  300,  600,  900],
                    [   1,  301,  601,  901],
                    [   2,  302,  602,  902],
                    ...,
                    [ 297,  597,  897, 1197],
                    [ 298,  598,  898, 1198],
                    [ 299,  599,  899, 1199]])
            """);
        Check(Tensor.Zeros([2000], DType.Bool), "tensor([False, False, False,  ..., False, False, False])");
    }

    [Fact]
    public void GradientsBehindTheElements()
    {
        Check(Tensor.Zeros([2], requiresGrad: true), "tensor([0., 0.], requires_grad=True)");
        Check(Tensor.Zeros([2], DType.Float64, requiresGrad: true), "tensor([0., 0.], dtype=torch.float64, requires_grad=True)");
        Check(Tensor.Zeros([2], requiresGrad: true) + 1, "tensor([1., 1.], grad_fn=<AddBackward0>)");
        Check(Tensor.Ones([2, 2], DType.Float64, requiresGrad: true) * 2,
            """
            tensor([[2., 2.],
                    [2., 2.]], dtype=torch.float64, grad_fn=<MulBackward0>)
            """);
        Check((Tensor.Ones([3], requiresGrad: true) * 2).Sum(), "tensor(6., grad_fn=<SumBackward0>)");
        Check(Tensor.Full([1, 9], 123.4567, requiresGrad: true) - 1,
            """
            tensor([[122.4567, 122.4567, 122.4567, 122.4567, 122.4567, 122.4567, 122.4567,
                     122.4567, 122.4567]], grad_fn=<SubBackward0>)
            """);
        Check(Tensor.Full([1, 7], 0.4567, requiresGrad: true) / 3,
            """
            tensor([[0.1522, 0.1522, 0.1522, 0.1522, 0.1522, 0.1522, 0.1522]],
                   grad_fn=<DivBackward0>)
            """);
        Check(Tensor.Full([1, 6], 0.4567, DType.Float64, requiresGrad: true) / 3,
            """
            tensor([[0.1522, 0.1522, 0.1522, 0.1522, 0.1522, 0.1522]], dtype=torch.float64,
                   grad_fn=<DivBackward0>)
            """);
        Check(Tensor.Full([1, 5], 0.4567, DType.Float16, requiresGrad: true) / 3,
            """
            tensor([[0.1522, 0.1522, 0.1522, 0.1522, 0.1522]], dtype=torch.float16,
                   grad_fn=<DivBackward0>)
            """);
        Check(Tensor.Zeros([0, 2], requiresGrad: true) * 2, "tensor([], size=(0, 2), grad_fn=<MulBackward0>)");
    }

    [Fact]
    public void Options()
    {
        Check(new(Precision: 2), Tensor.From(new[] { 1.23456, 2.5, 1e-3 }, DType.Float32),
            "tensor([1.23e+00, 2.50e+00, 1.00e-03])");
        Check(new(Precision: 8), Tensor.From(new[] { 1.23456, 2.5, 1e-3 }, DType.Float32),
            "tensor([1.23456001e+00, 2.50000000e+00, 1.00000005e-03])");
        Check(new(Precision: 0), Tensor.From(new[] { 1.23456, 2.5, 1e-3 }, DType.Float32),
            "tensor([1e+00, 2e+00, 1e-03])");
        Check(new(SciMode: true), Tensor.From(new[] { 1.23456, 2.5, 1e-3 }, DType.Float32),
            "tensor([1.2346e+00, 2.5000e+00, 1.0000e-03])");
        Check(new(SciMode: false), Tensor.From(new[] { 1e-6, 2.5, 1e9 }, DType.Float32),
            "tensor([    0.0000,     2.5000, 1000000000.0000])");
        Check(new(SciMode: false), Tensor.From(new[] { 1.0, 2e9 }, DType.Float32),
            "tensor([        1., 2000000000.])");
        Check(new(SciMode: true), Tensor.Zeros(2),
            "tensor([0., 0.])");
        Check(new(SciMode: true), Tensor.Arange(3),
            "tensor([0, 1, 2])");
        Check(new(SciMode: true), Tensor.Arange(3.0),
            "tensor([0.0000e+00, 1.0000e+00, 2.0000e+00])");
        Check(new(Threshold: 5), Tensor.Arange(10),
            "tensor([0, 1, 2,  ..., 7, 8, 9])");
        Check(new(Threshold: 5, Edgeitems: 1), Tensor.Arange(30).Reshape(5, 6),
            """
            tensor([[ 0,  ...,  5],
                    ...,
                    [24,  ..., 29]])
            """);
        Check(new(Linewidth: 20), Tensor.Arange(12.0),
            """
            tensor([ 0.,  1.,
                     2.,  3.,
                     4.,  5.,
                     6.,  7.,
                     8.,  9.,
                    10., 11.])
            """);
        Check(new(Linewidth: 3), Tensor.Arange(3),
            """
            tensor([0,
                    1,
                    2])
            """);
        Check(PrintOptions.Short, Tensor.Arange(2000.0).Reshape(2, 1000) / 8,
            """
            tensor([[0.00e+00, 1.25e-01,  ..., 1.25e+02, 1.25e+02],
                    [1.25e+02, 1.25e+02,  ..., 2.50e+02, 2.50e+02]])
            """);
        Check(new(Linewidth: 40), Tensor.Full([2, 4], 0.25, DType.Float64, requiresGrad: true) * 3,
            """
            tensor([[0.7500, 0.7500, 0.7500, 0.7500],
                    [0.7500, 0.7500, 0.7500, 0.7500]],
                   dtype=torch.float64,
                   grad_fn=<MulBackward0>)
            """);
    }

    [Fact]
    public void EdgesInEveryDimension() =>
        Check(new(Edgeitems: 1), Tensor.Arange(7014).Reshape(7, 6, 1, 167).Add(0.25), """
            tensor([[[[2.5000e-01,  ..., 1.6625e+02]],

                     ...,

                     [[8.3525e+02,  ..., 1.0012e+03]]],


                    ...,


                    [[[6.0122e+03,  ..., 6.1782e+03]],

                     ...,

                     [[6.8472e+03,  ..., 7.0132e+03]]]])
            """);

    [Fact]
    public void OnlyTheEdgesOfALargeTensorAreRead() =>
        Check(Tensor.Zeros(1).Expand(1 << 20, 1 << 20), """
            tensor([[0., 0., 0.,  ..., 0., 0., 0.],
                    [0., 0., 0.,  ..., 0., 0., 0.],
                    [0., 0., 0.,  ..., 0., 0., 0.],
                    ...,
                    [0., 0., 0.,  ..., 0., 0., 0.],
                    [0., 0., 0.,  ..., 0., 0., 0.],
                    [0., 0., 0.,  ..., 0., 0., 0.]])
            """);

    [Fact]
    public void SetPrintoptionsKeepsWhatIsLeftOutButForScientificNotation()
    {
        try
        {
            Tensor.SetPrintoptions(precision: 2, sciMode: true);
            Check(Tensor.From(1.5), "tensor(1.50e+00)");
            Tensor.SetPrintoptions(threshold: 2);
            Check(Tensor.From(new[] { 1.5f, 2.5f }), "tensor([1.50, 2.50])");
            Assert.Equal(new PrintOptions(Precision: 2, Threshold: 2), PrintOptions.Current);
            Tensor.SetPrintoptions(profile: "short", linewidth: 70);
            Assert.Equal(PrintOptions.Short with { Linewidth = 70 }, PrintOptions.Current);
            Assert.Throws<ArgumentException>(() => Tensor.SetPrintoptions(profile: "long"));
            Assert.Throws<ArgumentOutOfRangeException>(() => Tensor.SetPrintoptions(precision: -1));
            Assert.Equal(PrintOptions.Short with { Linewidth = 70 }, PrintOptions.Current);
        }
        finally
        {
            Tensor.SetPrintoptions(profile: "default");
        }
    }

    [Fact]
    public void BadOptions()
    {
        var x = Tensor.Zeros(2);
        Assert.Throws<ArgumentOutOfRangeException>(() => x.ToString(new PrintOptions(Linewidth: 0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => x.ToString(new PrintOptions(Edgeitems: -1)));
        Assert.Throws<ArgumentNullException>(() => x.ToString(null!));
    }
}

// nvidia-smi's outputs become samples under dcgm-exporter's names.
#include "log_rows.h"
#include "qt_test.h"

using namespace nj;
using namespace nj::test;

namespace {

std::string samplesText(const Reading& reading) {
    std::string text;
    for (const Batch& b : reading.batches)
        for (size_t i = 0; i < b.samples.size(); ++i) {
            const SeriesKey& series = b.series[b.samples.series[i]];
            text += formatRfc3339(b.samples.time[i], 0) + " " + series.name + attributesToJson(series.attributes) + " " + sampleValue(b.samples.valueBits[i], b.samples.flags[i]) + "\n";
        }
    return text;
}

}  // namespace

class NvidiaSmiTest : public QObject {
    Q_OBJECT
private slots:
    void reads_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("samples");
        QTest::newRow("csv") << "timestamp, index, uuid, pci.bus_id, temperature.gpu, utilization.gpu [%], power.draw [W], clocks_event_reasons.active, pstate\n"
                                "2026/03/17 10:58:12.123, 3, GPU-3f2a, 00000000:CB:00.0, 87, 97 %, 450.21 W, 0x0000000000000020, P0\n"
                             << "nvidia_smi_csv"
                             << "2026-03-17T10:58:12Z DCGM_FI_DEV_GPU_TEMP{\"UUID\":\"GPU-3f2a\",\"gpu\":\"3\",\"pci_bus_id\":\"00000000:CB:00.0\"} 87\n"
                                "2026-03-17T10:58:12Z DCGM_FI_DEV_GPU_UTIL{\"UUID\":\"GPU-3f2a\",\"gpu\":\"3\",\"pci_bus_id\":\"00000000:CB:00.0\"} 97\n"
                                "2026-03-17T10:58:12Z DCGM_FI_DEV_POWER_USAGE{\"UUID\":\"GPU-3f2a\",\"gpu\":\"3\",\"pci_bus_id\":\"00000000:CB:00.0\"} 450.21\n"
                                "2026-03-17T10:58:12Z DCGM_FI_DEV_CLOCKS_EVENT_REASONS{\"UUID\":\"GPU-3f2a\",\"gpu\":\"3\",\"pci_bus_id\":\"00000000:CB:00.0\"} 32\n"
                                "2026-03-17T10:58:12Z DCGM_FI_DEV_PSTATE{\"UUID\":\"GPU-3f2a\",\"gpu\":\"3\",\"pci_bus_id\":\"00000000:CB:00.0\"} 0\n";
        QTest::newRow("dmon with date") << "#Date       Time        gpu     pwr  gtemp  mtemp     sm    mem   mclk   pclk \n#YYYYMMDD   HH:MM:SS    Idx       W      C      C      %      %    MHz    MHz \n"
                                           " 20260317   10:58:12      0     541     66      -     98     40   2619   1980 \n"
                                        << "nvidia_smi_dmon"
                                        << "2026-03-17T10:58:12Z DCGM_FI_DEV_POWER_USAGE{\"gpu\":\"0\"} 541\n2026-03-17T10:58:12Z DCGM_FI_DEV_GPU_TEMP{\"gpu\":\"0\"} 66\n"
                                           "2026-03-17T10:58:12Z DCGM_FI_DEV_GPU_UTIL{\"gpu\":\"0\"} 98\n2026-03-17T10:58:12Z DCGM_FI_DEV_MEM_COPY_UTIL{\"gpu\":\"0\"} 40\n"
                                           "2026-03-17T10:58:12Z DCGM_FI_DEV_MEM_CLOCK{\"gpu\":\"0\"} 2619\n2026-03-17T10:58:12Z DCGM_FI_DEV_SM_CLOCK{\"gpu\":\"0\"} 1980\n";
        QTest::newRow("dmon without time") << "# gpu   pwr gtemp    sm\n# Idx     W     C     %\n    1   541    66    98\n"
                                           << "nvidia_smi_dmon"
                                           << "2026-03-18T02:13:20Z DCGM_FI_DEV_POWER_USAGE{\"gpu\":\"1\"} 541\n2026-03-18T02:13:20Z DCGM_FI_DEV_GPU_TEMP{\"gpu\":\"1\"} 66\n2026-03-18T02:13:20Z DCGM_FI_DEV_GPU_UTIL{\"gpu\":\"1\"} 98\n";
        QTest::newRow("query") << "\n==============NVSMI LOG==============\n\nTimestamp                                 : Tue Mar 17 10:58:12 2026\nDriver Version                            : 570.133.20\n\nAttached GPUs                             : 1\n"
                                  "GPU 00000000:CB:00.0\n    Product Name                          : NVIDIA H100 80GB HBM3\n    GPU UUID                              : GPU-3f2a\n    Minor Number                          : 3\n    Fan Speed                             : N/A\n"
                                  "    Performance State                     : P0\n    FB Memory Usage\n        Total                             : 81559 MiB\n        Used                              : 70000 MiB\n"
                                  "    Utilization\n        Gpu                               : 97 %\n    Temperature\n        GPU Current Temp                  : 87 C\n        GPU Shutdown Temp                 : 92 C\n    Clocks\n        SM                                : 1290 MHz\n"
                               << "nvidia_smi"
                               << "2026-03-17T10:58:12Z DCGM_FI_DEV_PSTATE{\"UUID\":\"GPU-3f2a\",\"gpu\":\"3\",\"modelName\":\"NVIDIA H100 80GB HBM3\",\"pci_bus_id\":\"00000000:CB:00.0\"} 0\n"
                                  "2026-03-17T10:58:12Z DCGM_FI_DEV_FB_TOTAL{\"UUID\":\"GPU-3f2a\",\"gpu\":\"3\",\"modelName\":\"NVIDIA H100 80GB HBM3\",\"pci_bus_id\":\"00000000:CB:00.0\"} 81559\n"
                                  "2026-03-17T10:58:12Z DCGM_FI_DEV_FB_USED{\"UUID\":\"GPU-3f2a\",\"gpu\":\"3\",\"modelName\":\"NVIDIA H100 80GB HBM3\",\"pci_bus_id\":\"00000000:CB:00.0\"} 70000\n"
                                  "2026-03-17T10:58:12Z DCGM_FI_DEV_GPU_UTIL{\"UUID\":\"GPU-3f2a\",\"gpu\":\"3\",\"modelName\":\"NVIDIA H100 80GB HBM3\",\"pci_bus_id\":\"00000000:CB:00.0\"} 97\n"
                                  "2026-03-17T10:58:12Z DCGM_FI_DEV_GPU_TEMP{\"UUID\":\"GPU-3f2a\",\"gpu\":\"3\",\"modelName\":\"NVIDIA H100 80GB HBM3\",\"pci_bus_id\":\"00000000:CB:00.0\"} 87\n"
                                  "2026-03-17T10:58:12Z DCGM_FI_DEV_SM_CLOCK{\"UUID\":\"GPU-3f2a\",\"gpu\":\"3\",\"modelName\":\"NVIDIA H100 80GB HBM3\",\"pci_bus_id\":\"00000000:CB:00.0\"} 1290\n";
        QTest::newRow("xml") << "<?xml version=\"1.0\" ?>\n<!DOCTYPE nvidia_smi_log SYSTEM \"nvsmi_device_v12.dtd\">\n<nvidia_smi_log>\n<timestamp>Tue Mar 17 10:58:12 2026</timestamp>\n<gpu id=\"00000000:CB:00.0\">\n<product_name>H100</product_name>\n"
                                "<minor_number>3</minor_number>\n<temperature>\n<gpu_temp>87 C</gpu_temp>\n</temperature>\n<utilization><gpu_util>97 %</gpu_util></utilization>\n</gpu>\n</nvidia_smi_log>\n"
                             << "nvidia_smi_xml"
                             << "2026-03-17T10:58:12Z DCGM_FI_DEV_GPU_TEMP{\"gpu\":\"3\",\"modelName\":\"H100\",\"pci_bus_id\":\"00000000:CB:00.0\"} 87\n"
                                "2026-03-17T10:58:12Z DCGM_FI_DEV_GPU_UTIL{\"gpu\":\"3\",\"modelName\":\"H100\",\"pci_bus_id\":\"00000000:CB:00.0\"} 97\n";
        QTest::newRow("maxima") << "timestamp, index, utilization.gpu [%], clocks.max.sm [MHz]\n2026/03/17 10:58:12.123, 3, [N/A], 1980 MHz\n"
                                << "nvidia_smi_csv"
                                << "2026-03-17T10:58:12Z DCGM_FI_DEV_MAX_SM_CLOCK{\"gpu\":\"3\"} 1980\n";
        QTest::newRow("maxima of -q") << "\n==============NVSMI LOG==============\n\nTimestamp                                 : Tue Mar 17 10:58:12 2026\n"
                                         "GPU 00000000:CB:00.0\n    Minor Number                          : 3\n    Temperature\n        GPU Max Operating Temp            : 87 C\n"
                                         "    Max Clocks\n        SM                                : 1980 MHz\n"
                                      << "nvidia_smi"
                                      << "2026-03-17T10:58:12Z DCGM_FI_DEV_GPU_MAX_OP_TEMP{\"gpu\":\"3\",\"pci_bus_id\":\"00000000:CB:00.0\"} 87\n"
                                         "2026-03-17T10:58:12Z DCGM_FI_DEV_MAX_SM_CLOCK{\"gpu\":\"3\",\"pci_bus_id\":\"00000000:CB:00.0\"} 1980\n";
    }
    void reads() {
        QFETCH(QString, text);
        QFETCH(QString, format);
        QFETCH(QString, samples);
        for (const size_t chunk : {size_t(1), size_t(65536)}) {
            std::string name;
            const Reading reading = readLog(text.toStdString(), logOptions("smi.txt"), &name, chunk);
            QCOMPARE(q(name), format);
            QCOMPARE(q(samplesText(reading)), samples);
        }
    }
};

QTEST_APPLESS_MAIN(NvidiaSmiTest)
#include "nvidia_smi_test.moc"

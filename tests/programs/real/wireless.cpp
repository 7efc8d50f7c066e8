// A cell of 802.11ax at 5 GHz, simulated by ns-3 over a spectrum: each rate, width and guard
// interval that it has, one after the other, with requests to send.
#include <ns3/applications-module.h>
#include <ns3/core-module.h>
#include <ns3/internet-module.h>
#include <ns3/mobility-module.h>
#include <ns3/network-module.h>
#include <ns3/spectrum-module.h>
#include <ns3/wifi-module.h>

#include <iostream>
#include <string>

using namespace ns3;

namespace {

uint64_t received_at(int rate, int width, int guard, double seconds) {
  NodeContainer access, station;
  access.Create(1);
  station.Create(1);
  auto channel = CreateObject<MultiModelSpectrumChannel>();
  channel->AddPropagationLossModel(CreateObject<LogDistancePropagationLossModel>());
  SpectrumWifiPhyHelper phy;
  phy.SetChannel(channel);
  phy.Set("ChannelSettings", StringValue("{0, " + std::to_string(width) + ", BAND_5GHZ, 0}"));
  WifiHelper wifi;
  wifi.SetStandard(WIFI_STANDARD_80211ax);
  wifi.SetRemoteStationManager("ns3::ConstantRateWifiManager", "DataMode",
                               StringValue("HeMcs" + std::to_string(rate)), "ControlMode",
                               StringValue("OfdmRate24Mbps"));
  WifiMacHelper mac;
  const Ssid name("cell");
  mac.SetType("ns3::StaWifiMac", "Ssid", SsidValue(name));
  const NetDeviceContainer station_device = wifi.Install(phy, mac, station);
  mac.SetType("ns3::ApWifiMac", "EnableBeaconJitter", BooleanValue(false), "Ssid", SsidValue(name));
  const NetDeviceContainer access_device = wifi.Install(phy, mac, access);
  Config::Set("/NodeList/*/DeviceList/*/$ns3::WifiNetDevice/HeConfiguration/GuardInterval",
              TimeValue(NanoSeconds(guard)));
  MobilityHelper mobility;
  mobility.SetMobilityModel("ns3::ConstantPositionMobilityModel");
  mobility.Install(access);
  mobility.Install(station);
  InternetStackHelper internet;
  internet.Install(access);
  internet.Install(station);
  Ipv4AddressHelper address("192.168.1.0", "255.255.255.0");
  const Ipv4InterfaceContainer to = address.Assign(station_device);
  address.Assign(access_device);
  PacketSinkHelper sink("ns3::UdpSocketFactory", InetSocketAddress(Ipv4Address::GetAny(), 9));
  const ApplicationContainer sinks = sink.Install(station);
  OnOffHelper source("ns3::UdpSocketFactory", InetSocketAddress(to.GetAddress(0), 9));
  source.SetConstantRate(DataRate("600Mbps"), 700);
  source.Install(access).Start(Seconds(1));
  Simulator::Stop(Seconds(1 + seconds));
  Simulator::Run();
  const uint64_t received = DynamicCast<PacketSink>(sinks.Get(0))->GetTotalRx();
  Simulator::Destroy();
  return received;
}

}  // namespace

int main() {
  Config::SetDefault("ns3::WifiRemoteStationManager::RtsCtsThreshold", UintegerValue(0));
  for (int rate = 0; rate <= 11; ++rate) {
    for (int width = 20; width <= 160; width *= 2) {
      for (int guard = 3200; guard >= 800; guard /= 2) {
        std::cout << rate << ' ' << width << ' ' << guard << ' ' << received_at(rate, width, guard, 0.2)
                  << std::endl;
      }
    }
  }
}

/// What an empty configuration ships for: within a country, within the European Union, and
/// everywhere, at prices that are roughly a national post's of 2026. Fixed per currency, because a
/// price that moves with the exchange rate surprises everybody.
let defaultTable = """
    {"zones": [
        {"name": "Within the country", "domestic": true,
         "options": [
           {"code": "standard", "label": "Standard parcel", "days": [2, 4],
            "freeFrom": {
              "EUR": "150.00", "USD": "164.90", "GBP": "134.90", "CHF": "149.90", "CAD": "224.90",
              "AUD": "254.90", "SEK": "1650", "DKK": "1125", "NOK": "1725", "PLN": "645",
              "CZK": "3750", "BRL": "900", "JPY": "24000", "KWD": "52.500"},
            "bands": [
              {"gramsMax": 1000, "price": {
                "EUR": "3.90", "USD": "4.90", "GBP": "3.90", "CHF": "3.90", "CAD": "5.90",
                "AUD": "6.90", "SEK": "43", "DKK": "29", "NOK": "45", "PLN": "17",
                "CZK": "98", "BRL": "23", "JPY": "620", "KWD": "1.350"}},
              {"gramsMax": 5000, "price": {
                "EUR": "5.90", "USD": "6.90", "GBP": "5.90", "CHF": "5.90", "CAD": "8.90",
                "AUD": "10.90", "SEK": "65", "DKK": "44", "NOK": "68", "PLN": "25",
                "CZK": "148", "BRL": "35", "JPY": "940", "KWD": "2.050"}},
              {"gramsMax": 31500, "price": {
                "EUR": "12.90", "USD": "14.90", "GBP": "11.90", "CHF": "12.90", "CAD": "19.90",
                "AUD": "21.90", "SEK": "142", "DKK": "97", "NOK": "148", "PLN": "55",
                "CZK": "322", "BRL": "77", "JPY": "2060", "KWD": "4.500"}},
              {"gramsMax": 1000000, "price": {
                "EUR": "79.00", "USD": "86.90", "GBP": "71.90", "CHF": "78.90", "CAD": "118.90",
                "AUD": "134.90", "SEK": "869", "DKK": "592", "NOK": "908", "PLN": "340",
                "CZK": "1975", "BRL": "474", "JPY": "12640", "KWD": "27.650"}}]},
           {"code": "express", "label": "Express parcel", "days": [1, 1],
            "bands": [
              {"gramsMax": 5000, "price": {
                "EUR": "11.90", "USD": "13.90", "GBP": "10.90", "CHF": "11.90", "CAD": "17.90",
                "AUD": "20.90", "SEK": "131", "DKK": "89", "NOK": "137", "PLN": "51",
                "CZK": "298", "BRL": "71", "JPY": "1900", "KWD": "4.150"}},
              {"gramsMax": 31500, "price": {
                "EUR": "19.90", "USD": "21.90", "GBP": "17.90", "CHF": "19.90", "CAD": "29.90",
                "AUD": "33.90", "SEK": "219", "DKK": "149", "NOK": "229", "PLN": "86",
                "CZK": "497", "BRL": "119", "JPY": "3180", "KWD": "6.950"}}]},
           {"code": "pickup", "label": "Pick up from the maker", "pickup": true,
            "price": {
              "EUR": "0.00", "USD": "0.00", "GBP": "0.00", "CHF": "0.00", "CAD": "0.00",
              "AUD": "0.00", "SEK": "0", "DKK": "0", "NOK": "0", "PLN": "0",
              "CZK": "0", "BRL": "0", "JPY": "0", "KWD": "0.000"}}]},
        {"name": "Within the European Union", "countries": ["EU"], "origins": ["EU"],
         "options": [
           {"code": "standard", "label": "Standard parcel", "days": [3, 7],
            "freeFrom": {
              "EUR": "300.00", "USD": "329.90", "GBP": "269.90", "CHF": "299.90", "CAD": "449.90",
              "AUD": "509.90", "SEK": "3300", "DKK": "2250", "NOK": "3450", "PLN": "1290",
              "CZK": "7500", "BRL": "1800", "JPY": "48000", "KWD": "105.000"},
            "bands": [
              {"gramsMax": 1000, "price": {
                "EUR": "8.90", "USD": "9.90", "GBP": "8.90", "CHF": "8.90", "CAD": "13.90",
                "AUD": "15.90", "SEK": "98", "DKK": "67", "NOK": "102", "PLN": "38",
                "CZK": "222", "BRL": "53", "JPY": "1420", "KWD": "3.100"}},
              {"gramsMax": 5000, "price": {
                "EUR": "13.90", "USD": "15.90", "GBP": "12.90", "CHF": "13.90", "CAD": "20.90",
                "AUD": "23.90", "SEK": "153", "DKK": "104", "NOK": "160", "PLN": "60",
                "CZK": "348", "BRL": "83", "JPY": "2220", "KWD": "4.850"}},
              {"gramsMax": 31500, "price": {
                "EUR": "24.90", "USD": "27.90", "GBP": "22.90", "CHF": "24.90", "CAD": "37.90",
                "AUD": "42.90", "SEK": "274", "DKK": "187", "NOK": "286", "PLN": "107",
                "CZK": "622", "BRL": "149", "JPY": "3980", "KWD": "8.700"}},
              {"gramsMax": 1000000, "price": {
                "EUR": "149.00", "USD": "163.90", "GBP": "134.90", "CHF": "148.90", "CAD": "223.90",
                "AUD": "253.90", "SEK": "1639", "DKK": "1118", "NOK": "1714", "PLN": "641",
                "CZK": "3725", "BRL": "894", "JPY": "23840", "KWD": "52.150"}}]},
           {"code": "express", "label": "Express parcel", "days": [1, 3],
            "bands": [
              {"gramsMax": 5000, "price": {
                "EUR": "24.90", "USD": "27.90", "GBP": "22.90", "CHF": "24.90", "CAD": "37.90",
                "AUD": "42.90", "SEK": "274", "DKK": "187", "NOK": "286", "PLN": "107",
                "CZK": "622", "BRL": "149", "JPY": "3980", "KWD": "8.700"}},
              {"gramsMax": 31500, "price": {
                "EUR": "49.90", "USD": "54.90", "GBP": "44.90", "CHF": "49.90", "CAD": "74.90",
                "AUD": "84.90", "SEK": "549", "DKK": "374", "NOK": "574", "PLN": "215",
                "CZK": "1248", "BRL": "299", "JPY": "7980", "KWD": "17.450"}}]}]},
        {"name": "Worldwide", "countries": ["*"],
         "options": [
           {"code": "standard", "label": "International parcel", "days": [7, 21],
            "bands": [
              {"gramsMax": 1000, "price": {
                "EUR": "14.90", "USD": "16.90", "GBP": "13.90", "CHF": "14.90", "CAD": "22.90",
                "AUD": "25.90", "SEK": "164", "DKK": "112", "NOK": "171", "PLN": "64",
                "CZK": "372", "BRL": "89", "JPY": "2380", "KWD": "5.200"}},
              {"gramsMax": 5000, "price": {
                "EUR": "29.90", "USD": "32.90", "GBP": "26.90", "CHF": "29.90", "CAD": "44.90",
                "AUD": "50.90", "SEK": "329", "DKK": "224", "NOK": "344", "PLN": "129",
                "CZK": "748", "BRL": "179", "JPY": "4780", "KWD": "10.450"}},
              {"gramsMax": 31500, "price": {
                "EUR": "74.90", "USD": "82.90", "GBP": "67.90", "CHF": "74.90", "CAD": "112.90",
                "AUD": "127.90", "SEK": "824", "DKK": "562", "NOK": "861", "PLN": "322",
                "CZK": "1873", "BRL": "449", "JPY": "11980", "KWD": "26.200"}},
              {"gramsMax": 1000000, "price": {
                "EUR": "349.00", "USD": "383.90", "GBP": "314.90", "CHF": "348.90", "CAD": "523.90",
                "AUD": "593.90", "SEK": "3839", "DKK": "2618", "NOK": "4014", "PLN": "1501",
                "CZK": "8725", "BRL": "2094", "JPY": "55840", "KWD": "122.150"}}]},
           {"code": "express", "label": "International express", "days": [3, 6],
            "bands": [
              {"gramsMax": 5000, "price": {
                "EUR": "49.90", "USD": "54.90", "GBP": "44.90", "CHF": "49.90", "CAD": "74.90",
                "AUD": "84.90", "SEK": "549", "DKK": "374", "NOK": "574", "PLN": "215",
                "CZK": "1248", "BRL": "299", "JPY": "7980", "KWD": "17.450"}},
              {"gramsMax": 31500, "price": {
                "EUR": "119.90", "USD": "131.90", "GBP": "107.90", "CHF": "119.90", "CAD": "179.90",
                "AUD": "203.90", "SEK": "1319", "DKK": "899", "NOK": "1379", "PLN": "516",
                "CZK": "2998", "BRL": "719", "JPY": "19180", "KWD": "41.950"}}]}]}
    ]}
    """
